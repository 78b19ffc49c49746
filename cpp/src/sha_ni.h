// x86's SHA extensions (Intel SDM, volume 2: SHA256RNDS2, SHA256MSG1, SHA256MSG2) as the Pair of
// pair_kernel.h. Include it only in files that are compiled for them. `File` is as in lanes.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "lanes.h"
#include "sha256.h"

namespace tlslp {

// The working variables in the order of SHA256RNDS2, lowest lane first: f e b a, and h g d c.
template <class File>
struct ShaNiPair {
  static constexpr unsigned kStep = 2;
  using Four = Lanes<4, File>;
  using Words = Four;

  Four feba;
  Four hgdc;

  [[gnu::always_inline]] static ShaNiPair of(const State& s) {
    return {Four{typename Four::Vector{s[5], s[4], s[1], s[0]}},
            Four{typename Four::Vector{s[7], s[6], s[3], s[2]}}};
  }

  [[gnu::always_inline]] void advance(const std::uint32_t* keyed) {
    const __m128i pair = _mm_loadu_si64(keyed);
    const __m128i next = _mm_sha256rnds2_epu32(__m128i(hgdc.v), __m128i(feba.v), pair);
    *this = {Four{typename Four::Vector(next)}, feba};
  }

  [[gnu::always_inline]] friend ShaNiPair operator+(const ShaNiPair& x, const ShaNiPair& y) {
    return {x.feba + y.feba, x.hgdc + y.hgdc};
  }

  [[gnu::always_inline]] ShaNiPair plus_word(std::uint32_t word) const {
    return {feba + Four{typename Four::Vector{0, word, 0, word}}, hgdc};
  }

  template <unsigned Ago>
  [[gnu::always_inline]] std::uint32_t e() const {
    return (Ago < 2 ? feba : hgdc).v[1 - Ago % 2];
  }

  [[gnu::always_inline]] static Four extend(Four w0, Four w4, Four w8, Four w12) {
    const __m128i sigma0 = _mm_sha256msg1_epu32(__m128i(w0.v), __m128i(w4.v));
    const __m128i minus7 = _mm_alignr_epi8(__m128i(w12.v), __m128i(w8.v), 4);
    const Four sum = Four{typename Four::Vector(sigma0)} + Four{typename Four::Vector(minus7)};
    return {typename Four::Vector(_mm_sha256msg2_epu32(__m128i(sum.v), __m128i(w12.v)))};
  }
};

}  // namespace tlslp
