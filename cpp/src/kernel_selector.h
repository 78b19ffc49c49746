// Selects the kernel for a search.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

#include "kernel.h"
#include "layout.h"
#include "processor.h"
#include "stop_condition.h"

namespace tlslp {

// Returns all kernels the library was built with; the portable one is the first.
std::span<const Kernel* const> kernels();

// Knows which kernels of a list work on a processor with these features, and which is the fastest.
// It tests and measures on demand and remembers the results. All functions may be called from any
// thread. An index is always one into the list.
class KernelSelector {
 public:
  static constexpr std::size_t kMaxKernels = 16;

  // The list has 1 to kMaxKernels kernels, and outlives the selector.
  KernelSelector(std::span<const Kernel* const> kernels, Features features);

  // Returns whether the processor can run the kernel and it passes its self-test in the form of
  // this shape. Tests no other form, so that code of other forms is not even loaded into memory.
  bool usable(std::uint32_t index, const Shape& shape);

  // Returns the same for all forms.
  bool usable(std::uint32_t index);

  // Returns whether the kernel has failed a self-test so far.
  bool failed(std::uint32_t index);

  // Returns the kernel for a search for `bits` zero bits over messages of this shape: the fastest
  // usable one or, if the search is over sooner than a measurement, the last usable one. If no
  // kernel is usable, returns 0. Returns nothing if the stop condition is met first.
  std::optional<std::uint32_t> select(std::uint32_t bits, const Shape& shape,
                                      const StopCondition& stop = {});

 private:
  std::uint32_t last_usable(const Shape& shape);
  std::optional<std::uint32_t> fastest(const Shape& shape, const StopCondition& stop);
  std::optional<std::uint32_t> measure_all(const Shape& shape, const StopCondition& stop);

  std::span<const Kernel* const> kernels_;
  Features features_;

  // Held during a self-test, which takes some ten microseconds.
  std::mutex testing_;
  // The result of each kernel's self-test in each form, once known.
  std::array<std::array<std::optional<bool>, kForms>, kMaxKernels> passed_{};

  // Held during a measurement, because two at once would disturb each other. It takes milliseconds,
  // so a thread that waits polls its stop condition. (Not a timed_mutex: ThreadSanitizer does not
  // know that.)
  std::mutex measuring_;
  // The fastest kernel in each form, once known.
  std::array<std::optional<std::uint32_t>, kForms> fastest_{};
};

// Returns the selector of all kernels for this processor.
KernelSelector& kernel_selector();

}  // namespace tlslp
