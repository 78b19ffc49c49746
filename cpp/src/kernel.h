// What a kernel is: one way of searching a slice of a sweep, for one kind of processor.
//
// To add one, write its file after avx2.cpp, and a line for it into the list in kernels.cmake.
#pragma once

#include <cstdint>

#include "kernel_list.h"
#include "processor.h"
#include "sweep.h"

namespace tlslp {

// Takes a kernel's claims. A claim is not an answer yet: the judge hashes the candidate whole.
class Judge {
 public:
  // Called for every candidate whose last digest word has the sweep's zero bits, by its entry
  // (which midstate) and its inner value. True ends the slice.
  virtual bool accepts(std::uint32_t entry, std::uint32_t inner) = 0;

 protected:
  ~Judge() = default;
};

// Part of a sweep: rows of 64 inner values each, with all of the sweep's midstates.
struct Slice {
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
};

struct Kernel {
  const char* name;
  const char* description;

  // How many midstates should share a message schedule: 1 to 64.
  std::uint32_t group;

  // What the processor must have.
  Features needs;

  // Searches the slice and returns how many candidates it hashed: all of them, unless the judge
  // ended it. Candidates are hashed in batches, in an order that is the kernel's own but always the
  // same; every claim of a batch is judged before the next batch, up to the first accepted.
  std::uint64_t (*search)(const Sweep& sweep, const Slice& slice, Judge& judge);
};

// Each on that list: kPortableKernel, against which the others are held, kAvx2Kernel and so on.
#define TLSLP_DECLARE(kernel) extern const Kernel kernel;
TLSLP_KERNELS(TLSLP_DECLARE)
#undef TLSLP_DECLARE

}  // namespace tlslp
