// Functions that AVX-512 does with one instruction. Include it only in files that are compiled for
// AVX-512; vectors of eight lanes also need AVX512VL.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "lanes.h"

namespace tlslp {

// Returns any bitwise function of three values. Bit 4x + 2y + z of Table is its result for x, y and
// z.
template <int Table, class File>
[[gnu::always_inline]] inline Lanes<16, File> bitwise(Lanes<16, File> x, Lanes<16, File> y,
                                                      Lanes<16, File> z) {
  using Vector = typename Lanes<16, File>::Vector;
  return {Vector(_mm512_ternarylogic_epi32(__m512i(x.v), __m512i(y.v), __m512i(z.v), Table))};
}

template <unsigned N, class File>
[[gnu::always_inline]] inline Lanes<16, File> rotate_right(Lanes<16, File> x) {
  using Vector = typename Lanes<16, File>::Vector;
  return {Vector(_mm512_maskz_ror_epi32(0xffff, __m512i(x.v), N))};
}

template <class File>
[[gnu::always_inline]] inline std::uint32_t zero_lanes(Lanes<16, File> x) {
  return _mm512_testn_epi32_mask(__m512i(x.v), __m512i(x.v));
}

#ifdef __AVX512VL__
template <int Table, class File>
[[gnu::always_inline]] inline Lanes<8, File> bitwise(Lanes<8, File> x, Lanes<8, File> y,
                                                     Lanes<8, File> z) {
  using Vector = typename Lanes<8, File>::Vector;
  return {Vector(_mm256_ternarylogic_epi32(__m256i(x.v), __m256i(y.v), __m256i(z.v), Table))};
}

template <unsigned N, class File>
[[gnu::always_inline]] inline Lanes<8, File> rotate_right(Lanes<8, File> x) {
  using Vector = typename Lanes<8, File>::Vector;
  return {Vector(_mm256_ror_epi32(__m256i(x.v), N))};
}

template <class File>
[[gnu::always_inline]] inline std::uint32_t zero_lanes(Lanes<8, File> x) {
  return _mm256_testn_epi32_mask(__m256i(x.v), __m256i(x.v));
}
#endif

template <std::size_t Count, class File>
[[gnu::always_inline]] inline Lanes<Count, File> xor3(Lanes<Count, File> x, Lanes<Count, File> y,
                                                      Lanes<Count, File> z) {
  return bitwise<0b10010110>(x, y, z);
}

template <std::size_t Count, class File>
[[gnu::always_inline]] inline Lanes<Count, File> choose(Lanes<Count, File> x, Lanes<Count, File> y,
                                                        Lanes<Count, File> z) {
  return bitwise<0b11001010>(x, y, z);
}

template <std::size_t Count, class File>
[[gnu::always_inline]] inline Lanes<Count, File> majority(Lanes<Count, File> x,
                                                          Lanes<Count, File> y,
                                                          Lanes<Count, File> z) {
  return bitwise<0b11101000>(x, y, z);
}

}  // namespace tlslp
