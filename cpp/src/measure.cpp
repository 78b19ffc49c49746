// Measurements, short and long.
#include "measure.h"

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>
#include <vector>

#include "engine.h"
#include "layout.h"
#include "sweep.h"

namespace tlslp {
namespace {

using Clock = std::chrono::steady_clock;

// Any token will do: only its length matters.
constexpr std::array<std::uint8_t, TLSLP_MAX_TOKEN> kToken{};
constexpr std::uint32_t kUsualTokenLength = 64;

// Candidates per nanosecond in a slot of about this length.
double speed_in_slot(const Kernel& kernel, const Shape& shape, std::uint32_t first_row) {
  constexpr std::chrono::microseconds kSlot{100};

  class Nobody final : public Judge {
   public:
    bool accepts(std::uint32_t /*entry*/, std::uint32_t /*inner*/) override { return false; }
  };
  Sweep sweep;
  prepare(sweep, std::span(kToken).first(shape.token_length), shape.layout, 0, kernel.group,
          TLSLP_MAX_BITS);
  Nobody judge;
  std::uint64_t hashed = 0;
  const auto begin = Clock::now();
  auto end = begin;
  for (std::uint32_t row = first_row; end - begin < kSlot && row < kRowCount; ++row) {
    hashed += kernel.search(sweep, {.first_row = row, .rows = 1}, judge);
    end = Clock::now();
  }
  const std::chrono::duration<double, std::nano> time = end - begin;
  return static_cast<double>(hashed) / time.count();
}

}  // namespace

Shape usual_shape() { return shape_of(kUsualTokenLength, TLSLP_MAX_SUFFIX); }

std::optional<std::size_t> fastest_of(std::span<const Kernel* const> kernels, const Shape& shape,
                                      const Halt& halt) {
  // In turn, and the best slot of each counts: what disturbs a slot only ever makes it slower.
  constexpr std::uint32_t kTurns = 4;
  std::size_t fastest = 0;
  double best = 0;
  for (std::uint32_t turn = 0; turn < kTurns; ++turn) {
    for (std::size_t i = 0; i < kernels.size(); ++i) {
      // A slot takes as long as the least slice: where processors are slow, two milliseconds.
      if (halt.due()) {
        return std::nullopt;
      }
      const double speed = speed_in_slot(*kernels[i], shape, turn);
      if (speed > best) {
        best = speed;
        fastest = i;
      }
    }
  }
  return fastest;
}

Measurement measure(const Kernel& kernel, std::uint32_t threads, std::chrono::milliseconds time) {
  tlslp_task task{};
  task.bits = TLSLP_MAX_BITS;
  task.threads = threads;
  task.suffix_limit = TLSLP_MAX_SUFFIX;
  task.shard_index = 1;
  task.shard_count = 1;
  const Shape shape = usual_shape();
  task.token_length = shape.token_length;

  Measurement result;
  std::uint32_t cancel = 0;
  tlslp_answer answer{};
  try {
    std::vector<tlslp_counter> counters(threads);
    const Halt halt(cancel, static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count()));
    const auto begin = Clock::now();
    const tlslp_status status = run_search(task, shape.layout, kernel, halt, counters, answer);
    result.time = Clock::now() - begin;
    result.status = status == TLSLP_OUT_OF_RESOURCES ? status : TLSLP_FOUND;
    for (const tlslp_counter& counter : counters) {
      result.candidates += counter.attempts;
    }
  } catch (const std::exception&) {  // no thread to be had, or no memory
    result.status = TLSLP_OUT_OF_RESOURCES;
  }
  return result;
}

}  // namespace tlslp
