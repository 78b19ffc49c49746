// The kernel for AVX-512: sixteen lanes.
#include "avx512.h"

#include "lane_kernel.h"
#include "lanes.h"
#include "ordered_round.h"

namespace tlslp {
namespace {

struct Avx512;
using Sixteen = Lanes<16, Avx512>;

[[gnu::always_inline]] inline Sixteen in_order(Sixteen x) {
  __asm__("" : "+v"(x.v));
  return x;
}

[[gnu::always_inline]] inline void round(Working<Sixteen>& s, Sixteen addend) {
  round_from_rotations(s, addend);
}

}  // namespace

const Kernel kAvx512Kernel = {
    .name = "avx512",
    .group_size = 63,  // a multiple of the three streams
    .needs = kAvx512,
    .search = &search_by_form<LaneSearch<Sixteen, 3, 4>>,
};

}  // namespace tlslp
