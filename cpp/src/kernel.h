// A kernel: code that searches part of a sweep with the instructions of one kind of processor.
//
// To add one, write its file (avx2.cpp is a short example) and add a line to kernels.cmake.
#pragma once

#include <cstdint>

#include "kernel_list.h"
#include "processor.h"
#include "sweep.h"

namespace tlslp {

// Receives the hits of a kernel.
//
// A hit is a candidate whose last digest word ends in the zero bits that the sweep asks for. It may
// still not be a solution: a kernel looks at no more than 32 bits, and a faulty processor may
// compute them wrongly. So the handler hashes the candidate again.
class HitHandler {
 public:
  // Takes a hit by the index of its midstate and its inner value. Returns whether to end the slice.
  virtual bool accept(std::uint32_t midstate, std::uint32_t inner) = 0;

 protected:
  ~HitHandler() = default;
};

// Part of a sweep: rows of 64 inner values each, with all midstates of the sweep.
struct Slice {
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
};

struct Kernel {
  const char* name;

  // How many midstates should share a message schedule, 1 to 64.
  std::uint32_t group_size;

  // The features that a processor needs to run the kernel.
  Features needs;

  // Searches the slice and returns how many candidates it hashed: all, unless the handler accepted
  // a hit. The kernel hashes candidates in batches, always in the same order, and hands over the
  // hits of a batch before it starts the next one, up to the first that is accepted.
  std::uint64_t (*search)(const Sweep& sweep, const Slice& slice, HitHandler& handler);
};

// Declares the kernels of the list: kPortableKernel, kAvx2Kernel and so on.
#define TLSLP_DECLARE(kernel) extern const Kernel kernel;
TLSLP_KERNELS(TLSLP_DECLARE)
#undef TLSLP_DECLARE

}  // namespace tlslp
