// Collects the hits of kernels.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <utility>

#include "kernel.h"
#include "kernel_selector.h"

namespace tlslp::test {

using Hits = std::set<std::pair<std::uint32_t, std::uint32_t>>;  // midstate index and inner value

// Lets a search go on to its end, and collects the hits.
class Collector final : public HitHandler {
 public:
  bool accept(std::uint32_t midstate, std::uint32_t inner) override {
    if (!hits.insert({midstate, inner}).second) {
      FAIL_CHECK("a hit came twice");  // a CHECK of each hit would take longer than the hashing
    }
    return false;
  }

  Hits hits;
};

// Calls `body` with every kernel that this machine can run.
template <class Body>
void for_every_kernel(Body body) {
  for (std::uint32_t i = 0; i < kernels().size(); ++i) {
    if (kernel_selector().usable(i)) {
      body(*kernels()[i]);
    }
  }
}

}  // namespace tlslp::test
