// How fast kernels are.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "halt.h"
#include "kernel.h"
#include "layout.h"
#include "tlslp/search.h"

namespace tlslp {

// The shape that most searches have: a server's token, and no limit on the suffix.
Shape usual_shape();

// The index of the fastest of several kernels at messages of this shape, from slots so short that
// all together take a few milliseconds. Nothing when the halt is due before.
std::optional<std::size_t> fastest_of(std::span<const Kernel* const> kernels, const Shape& shape,
                                      const Halt& halt);

struct Measurement {
  tlslp_status status = TLSLP_FOUND;  // unless TLSLP_OUT_OF_RESOURCES
  std::uint64_t candidates = 0;
  std::chrono::nanoseconds time{};
};

// Has so many threads search for what is not to be found, for about this long.
Measurement measure(const Kernel& kernel, std::uint32_t threads, std::chrono::milliseconds time);

}  // namespace tlslp
