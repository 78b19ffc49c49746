// Self-tests and measures kernels on demand, and selects among them.
#include "kernel_selector.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "measure.h"
#include "self_test.h"

namespace tlslp {
namespace {

#define TLSLP_ADDRESS(kernel) &(kernel),
constexpr auto kKernels = std::to_array<const Kernel*>({TLSLP_KERNELS(TLSLP_ADDRESS)});
#undef TLSLP_ADDRESS
static_assert(kKernels.size() <= KernelSelector::kMaxKernels);

// A search for this many bits is over sooner than a measurement of the kernels.
constexpr std::uint32_t kFewBits = 20;

}  // namespace

std::span<const Kernel* const> kernels() { return kKernels; }

KernelSelector& kernel_selector() {
  static KernelSelector instance(kKernels, processor_features());
  return instance;
}

KernelSelector::KernelSelector(std::span<const Kernel* const> kernels, Features features)
    : kernels_(kernels), features_(features) {}

bool KernelSelector::usable(std::uint32_t index, const Shape& shape) {
  const Kernel& kernel = *kernels_[index];
  if ((features_ & kernel.needs) != kernel.needs) {
    return false;
  }
  const std::scoped_lock lock(testing_);
  std::optional<bool>& passed = passed_[index][form_of(shape.layout)];
  if (!passed) {
    passed = passes_self_test(kernel, shape);
  }
  return *passed;
}

bool KernelSelector::usable(std::uint32_t index) {
  return std::ranges::all_of(shapes_by_form(), [&](const std::optional<Shape>& shape) {
    return !shape || usable(index, *shape);
  });
}

bool KernelSelector::failed(std::uint32_t index) {
  const std::scoped_lock lock(testing_);
  return std::ranges::count(passed_[index], std::optional(false)) > 0;
}

std::optional<std::uint32_t> KernelSelector::select(std::uint32_t bits, const Shape& shape,
                                                    const StopCondition& stop) {
  return bits <= kFewBits ? last_usable(shape) : fastest(shape, stop);
}

std::uint32_t KernelSelector::last_usable(const Shape& shape) {
  auto index = static_cast<std::uint32_t>(kernels_.size() - 1);
  while (index > 0 && !usable(index, shape)) {
    --index;
  }
  return index;
}

std::optional<std::uint32_t> KernelSelector::fastest(const Shape& shape,
                                                     const StopCondition& stop) {
  std::unique_lock lock(measuring_, std::defer_lock);
  while (!lock.try_lock()) {
    if (stop.met()) {
      return std::nullopt;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::optional<std::uint32_t>& known = fastest_[form_of(shape.layout)];
  if (!known) {
    known = measure_all(shape, stop);
  }
  return known;
}

std::optional<std::uint32_t> KernelSelector::measure_all(const Shape& shape,
                                                         const StopCondition& stop) {
  // Measures each kernel several times, in turn, and compares the best times: a disturbance can
  // only make a kernel slower.
  constexpr std::uint32_t kTurns = 4;
  std::uint32_t fastest = 0;
  double best = 0;
  for (std::uint32_t turn = 0; turn < kTurns; ++turn) {
    for (std::uint32_t index = 0; index < kernels_.size(); ++index) {
      if (stop.met()) {
        return std::nullopt;
      }
      if (!usable(index, shape)) {
        continue;
      }
      const double speed = measure_briefly(*kernels_[index], shape, turn);
      if (speed > best) {
        best = speed;
        fastest = index;
      }
    }
  }
  return fastest;
}

}  // namespace tlslp
