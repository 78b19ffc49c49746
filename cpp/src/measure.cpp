// Measures one kernel: briefly, to choose among kernels, or for longer with all its threads.
#include "measure.h"

#include <array>
#include <new>
#include <span>
#include <vector>

#include "engine.h"
#include "sweep.h"
#include "zero_bits.h"

namespace tlslp {
namespace {

using Clock = std::chrono::steady_clock;

// Only the length of a token matters for the speed.
constexpr std::array<std::uint8_t, kMaxTokenLength> kToken{};

}  // namespace

double measure_briefly(const Kernel& kernel, const Shape& shape, std::uint32_t first_row) {
  constexpr std::chrono::microseconds kSlot{100};
  Sweep sweep;
  prepare(sweep, std::span(kToken).first(shape.token_length), shape.layout, 0, kernel.group_size,
          kMaxBits);
  RejectAllHits handler;
  std::uint64_t hashed = 0;
  const auto begin = Clock::now();
  auto end = begin;
  for (std::uint32_t row = first_row; end - begin < kSlot && row < kRowCount; ++row) {
    hashed += kernel.search(sweep, {.first_row = row, .rows = 1}, handler);
    end = Clock::now();
  }
  const std::chrono::duration<double, std::nano> time = end - begin;
  return static_cast<double>(hashed) / time.count();
}

std::optional<Measurement> measure(const Kernel& kernel, std::uint32_t threads,
                                   std::chrono::milliseconds time) {
  const Shape shape = usual_shape();
  const SearchTask task = {.token = std::span(kToken).first(shape.token_length),
                           .layout = shape.layout,
                           .bits = kMaxBits,
                           .threads = threads,
                           .kernel = kernel};
  std::uint32_t cancel = 0;
  try {
    std::vector<AttemptCounter> counters(threads);
    const auto begin = Clock::now();
    const StopCondition stop(cancel,
                             static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count()));
    const SearchResult result = run_search(task, stop, counters);
    Measurement measurement = {.candidates = 0, .time = Clock::now() - begin};
    if (result.outcome == Outcome::kOutOfResources) {
      return std::nullopt;
    }
    for (const AttemptCounter& counter : counters) {
      measurement.candidates += counter.attempts;
    }
    return measurement;
  } catch (const std::bad_alloc&) {
    return std::nullopt;
  }
}

}  // namespace tlslp
