// The kernel for AVX2: eight lanes.
#include <immintrin.h>

#include "lane_kernel.h"
#include "lanes.h"
#include "ordered_round.h"

namespace tlslp {
namespace {

struct Avx2;
using Eight = Lanes<8, Avx2>;

[[gnu::always_inline]] inline Eight in_order(Eight x) {
  __asm__("" : "+x"(x.v));
  return x;
}

[[gnu::always_inline]] inline void round(Working<Eight>& s, Eight addend) {
  round_from_sigmas(s, addend);
}

[[gnu::always_inline]] inline std::uint32_t zero_lanes(Eight x) {
  return static_cast<std::uint32_t>(_mm256_movemask_ps(__m256(x.v == 0)));
}

}  // namespace

const Kernel kAvx2Kernel = {
    .name = "avx2",
    .group_size = kAlphabetSize,
    .needs = kAvx2,
    .search = &search_by_form<LaneSearch<Eight, 2, 1>>,
};

}  // namespace tlslp
