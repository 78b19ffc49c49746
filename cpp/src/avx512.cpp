// The kernel for AVX-512: sixteen lanes.
#include <immintrin.h>

#include "lane_kernel.h"
#include "lanes.h"

namespace tlslp {
namespace {

struct Avx512;
using Sixteen = Lanes<16, Avx512>;

// What AVX-512 does in one operation.

// Any function of three bits, given as its truth table: bit 4x + 2y + z.
template <int Table>
[[gnu::always_inline]] inline Sixteen bitwise(Sixteen x, Sixteen y, Sixteen z) {
  return {
      Sixteen::Vector(_mm512_ternarylogic_epi32(__m512i(x.v), __m512i(y.v), __m512i(z.v), Table))};
}

[[gnu::always_inline]] inline Sixteen xor3(Sixteen x, Sixteen y, Sixteen z) {
  return bitwise<0b10010110>(x, y, z);
}

[[gnu::always_inline]] inline Sixteen choose(Sixteen x, Sixteen y, Sixteen z) {
  return bitwise<0b11001010>(x, y, z);
}

[[gnu::always_inline]] inline Sixteen majority(Sixteen x, Sixteen y, Sixteen z) {
  return bitwise<0b11101000>(x, y, z);
}

template <unsigned N>
[[gnu::always_inline]] inline Sixteen rotate_right(Sixteen x) {
  return {Sixteen::Vector(_mm512_maskz_ror_epi32(0xffff, __m512i(x.v), N))};
}

[[gnu::always_inline]] inline std::uint32_t zero_lanes(Sixteen x) {
  return _mm512_testn_epi32_mask(__m512i(x.v), __m512i(x.v));
}

}  // namespace

const Kernel kAvx512Kernel = {
    .name = "avx512",
    .description = "sixteen lanes of AVX-512",
    .group = kAlphabetSize,
    .needs = kAvx512,
    .search = &search_instance<LaneSearch<Sixteen, 3, 4>>,
};

}  // namespace tlslp
