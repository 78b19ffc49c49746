// The choice among the kernels on the list in kernels.cmake.
#include "kernels.h"

#include <chrono>
#include <thread>

#include "measure.h"
#include "self_test.h"

namespace tlslp {
namespace {

#define TLSLP_ADDRESS(kernel) &(kernel),
constexpr auto kKernels = std::to_array<const Kernel*>({TLSLP_KERNELS(TLSLP_ADDRESS)});
#undef TLSLP_ADDRESS

// A search of so few bits takes less time than to find out which kernel is the fastest.
constexpr std::uint32_t kFewBits = 20;

}  // namespace

std::span<const Kernel* const> kernels() { return kKernels; }

Roster& roster() {
  static Roster instance(kKernels, processor_features());
  return instance;
}

Roster::Roster(std::span<const Kernel* const> kernels, Features features)
    : kernels_(kernels.first(std::min(kernels.size(), kMaxKernels))), features_(features) {
  static_assert(kKernels.size() <= kMaxKernels);
  for (std::atomic<std::uint32_t>& fastest : fastest_) {
    fastest.store(kNotMeasured, std::memory_order_relaxed);
  }
}

// Only what is searched is tested: every form that is not needed is code that is not even loaded.
bool Roster::usable(std::uint32_t index, const Shape& shape) {
  return decided(index, verdicts_[index].in_form[form_of(shape.layout)], shape);
}

bool Roster::usable(std::uint32_t index) { return decided(index, verdicts_[index].in_all); }

bool Roster::failed(std::uint32_t index) const {
  return verdicts_[index].failed.load(std::memory_order_relaxed);
}

template <class... Form>
bool Roster::decided(std::uint32_t index, std::atomic<Verdict>& verdict, const Form&... form) {
  // Two threads that ask at once may both run the test; they come to the same verdict.
  if (verdict.load(std::memory_order_relaxed) == Verdict::kUnknown) {
    const Kernel& kernel = *kernels_[index];
    const bool supported = (features_ & kernel.needs) == kernel.needs;
    const bool passed = supported && passes_self_test(kernel, form...);
    if (supported && !passed) {
      verdicts_[index].failed.store(true, std::memory_order_relaxed);
    }
    verdict.store(passed ? Verdict::kUsable : Verdict::kUnusable, std::memory_order_relaxed);
  }
  return verdict.load(std::memory_order_relaxed) == Verdict::kUsable;
}

std::optional<std::uint32_t> Roster::automatic(std::uint32_t bits, const Shape& shape,
                                               const Halt& halt) {
  return bits <= kFewBits ? preferred(shape) : fastest(shape, halt);
}

// The last usable one of the list; 0 even if none is.
std::uint32_t Roster::preferred(const Shape& shape) {
  auto index = static_cast<std::uint32_t>(kernels_.size() - 1);
  while (index > 0 && !usable(index, shape)) {
    --index;
  }
  return index;
}

std::optional<std::uint32_t> Roster::fastest(const Shape& shape, const Halt& halt) {
  std::atomic<std::uint32_t>& known = fastest_[form_of(shape.layout)];
  // Two measurements at once would disturb each other.
  std::unique_lock lock(measuring_, std::try_to_lock);
  while (!lock.owns_lock() && known.load(std::memory_order_relaxed) == kNotMeasured) {
    if (halt.due()) {
      return std::nullopt;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100));
    lock.try_lock();
  }
  if (known.load(std::memory_order_relaxed) == kNotMeasured) {
    const auto measured = measure_all(shape, halt);
    if (!measured) {
      return std::nullopt;
    }
    known.store(*measured, std::memory_order_relaxed);
  }
  return known.load(std::memory_order_relaxed);
}

std::optional<std::uint32_t> Roster::measure_all(const Shape& shape, const Halt& halt) {
  std::array<const Kernel*, kMaxKernels> runners{};
  std::array<std::uint32_t, kMaxKernels> indices{};
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < kernels_.size(); ++i) {
    if (halt.due()) {
      return std::nullopt;
    }
    if (usable(i, shape)) {
      runners[count] = kernels_[i];
      indices[count] = i;
      ++count;
    }
  }
  if (count < 2) {
    return preferred(shape);
  }
  const auto fastest = fastest_of(std::span(runners).first(count), shape, halt);
  return fastest ? std::optional(indices[*fastest]) : std::nullopt;
}

}  // namespace tlslp
