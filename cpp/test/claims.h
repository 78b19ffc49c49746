// What kernels claim.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <utility>

#include "kernel.h"
#include "kernels.h"

namespace tlslp::test {

using Hits = std::set<std::pair<std::uint32_t, std::uint32_t>>;  // entry and inner value

// Lets a search go on to its end and keeps what is claimed.
class Collector final : public Judge {
 public:
  bool accepts(std::uint32_t entry, std::uint32_t inner) override {
    if (!hits.insert({entry, inner}).second) {
      FAIL_CHECK("claimed twice");  // a check of each would take longer than the hashing
    }
    return false;
  }

  Hits hits;
};

// Every kernel that this machine can run.
template <class Body>
void for_every_kernel(Body body) {
  for (std::uint32_t i = 0; i < kernels().size(); ++i) {
    if (roster().usable(i)) {
      body(*kernels()[i]);
    }
  }
}

}  // namespace tlslp::test
