// The kernel for ARMv8's NEON: four lanes.
#include <arm_neon.h>

#include "lane_kernel.h"
#include "lanes.h"

namespace tlslp {
namespace {

struct Neon;
using Four = Lanes<4, Neon>;

// These functions take fewer instructions than those that the compiler generates from plain C++.

// Shifts left, then inserts the bits that are shifted right.
template <unsigned N>
[[gnu::always_inline]] inline Four rotate_right(Four x) {
  return {vsriq_n_u32(vshlq_n_u32(x.v, 32 - N), x.v, N)};
}

[[gnu::always_inline]] inline Four choose(Four x, Four y, Four z) {
  return {vbslq_u32(x.v, y.v, z.v)};
}

[[gnu::always_inline]] inline Four majority(Four x, Four y, Four z) {
  // The x ^ y of one round is the y ^ z of the next, but to keep it would cost a register.
  return {vbslq_u32(veorq_u32(x.v, y.v), z.v, y.v)};
}

[[gnu::always_inline]] inline std::uint32_t zero_lanes(Four x) {
  if (vminvq_u32(x.v) != 0) {
    return 0;
  }
  std::uint32_t bits = 0;
  for (unsigned i = 0; i < Four::kCount; ++i) {
    bits |= (x.v[i] == 0 ? 1U : 0U) << i;
  }
  return bits;
}

}  // namespace

const Kernel kNeonKernel = {
    .name = "neon",
    .group_size = kAlphabetSize,
    .needs = kNeon,
    .search = &search_by_form<LaneSearch<Four, 2, 2>>,
};

}  // namespace tlslp
