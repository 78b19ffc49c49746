// How fast kernels are.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kernel.h"
#include "tlslp/search.h"

namespace tlslp {

// The index of the fastest of several kernels, from slots so short that all together take about two
// milliseconds.
std::size_t fastest_of(std::span<const Kernel* const> kernels);

struct Measurement {
  tlslp_status status = TLSLP_FOUND;  // unless TLSLP_OUT_OF_RESOURCES
  std::uint64_t candidates = 0;
  std::chrono::nanoseconds time{};
};

// Has so many threads search for what is not to be found, for about this long.
Measurement measure(const Kernel& kernel, std::uint32_t threads, std::chrono::milliseconds time);

}  // namespace tlslp
