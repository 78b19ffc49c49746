// Measures how fast kernels are.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "kernel.h"
#include "layout.h"

namespace tlslp {

// Makes a kernel search whole slices. (It is not in kernel.h, because files that are compiled for
// some processors only must not have inline functions that the linker could use elsewhere.)
class RejectAllHits final : public HitHandler {
 public:
  bool accept(std::uint32_t /*midstate*/, std::uint32_t /*inner*/) override { return false; }
};

// Returns how many candidates the kernel hashes per nanosecond at messages of this shape, measured
// for 0.1 ms or, on a slow processor, one row. `first_row` is the row to begin with.
double measure_briefly(const Kernel& kernel, const Shape& shape, std::uint32_t first_row);

struct Measurement {
  std::uint64_t candidates = 0;
  std::chrono::nanoseconds time{};
};

// Runs `threads` threads for about `time` on a puzzle that has no solution. Returns nothing if the
// system refused to start them.
std::optional<Measurement> measure(const Kernel& kernel, std::uint32_t threads,
                                   std::chrono::milliseconds time);

}  // namespace tlslp
