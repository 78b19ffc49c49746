// The arithmetic of SHA-256, written once for every kernel.
//
// V is a 32-bit word or a vector of such words: any type with the operators + ^ & | << >>. A vector
// type with better instructions for a function below overloads it in its own namespace. All
// functions are always inlined: a file that is compiled for a newer processor must not leave a copy
// that the linker could use in another file.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tlslp {

constexpr unsigned kRounds = 64;

// How many rounds the last word of the digest needs. It is the eighth chaining word plus h after
// round 63, and that is e after round 60: the last three rounds only move the value on.
constexpr unsigned kRoundsToLastWord = 61;

// FIPS 180-4, 4.2.2.
constexpr std::array<std::uint32_t, kRounds> kRoundConstants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// Returns which words of the message schedule depend on this word of the block (FIPS 180-4, 6.2.2,
// step 1).
constexpr std::array<bool, kRounds> varying_words(std::uint32_t word) {
  std::array<bool, kRounds> varies{};
  varies[word] = true;
  for (std::size_t t = 16; t < kRounds; ++t) {
    varies[t] = varies[t - 2] || varies[t - 7] || varies[t - 15] || varies[t - 16];
  }
  return varies;
}

// FIPS 180-4, 3.2: ROTR.
template <unsigned N, class V>
[[gnu::always_inline]] constexpr V rotate_right(V x) {
  return (x >> N) | (x << (32 - N));
}

// The last step of the four sigma functions of FIPS 180-4, 4.1.2.
template <class V>
[[gnu::always_inline]] constexpr V xor3(V x, V y, V z) {
  return x ^ y ^ z;
}

// FIPS 180-4, 4.1.2: Ch, Maj and the four sigmas.
template <class V>
[[gnu::always_inline]] constexpr V choose(V x, V y, V z) {
  return z ^ (x & (y ^ z));
}

template <class V>
[[gnu::always_inline]] constexpr V majority(V x, V y, V z) {
  // The x ^ y of one round is the y ^ z of the next, so the compiler computes it only once.
  return ((x ^ y) & (y ^ z)) ^ y;
}

constexpr std::array<unsigned, 3> kBigSigma0 = {2, 13, 22};
constexpr std::array<unsigned, 3> kBigSigma1 = {6, 11, 25};

template <class V>
[[gnu::always_inline]] constexpr V big_sigma0(V x) {
  return xor3(rotate_right<kBigSigma0[0]>(x), rotate_right<kBigSigma0[1]>(x),
              rotate_right<kBigSigma0[2]>(x));
}

template <class V>
[[gnu::always_inline]] constexpr V big_sigma1(V x) {
  return xor3(rotate_right<kBigSigma1[0]>(x), rotate_right<kBigSigma1[1]>(x),
              rotate_right<kBigSigma1[2]>(x));
}

template <class V>
[[gnu::always_inline]] constexpr V small_sigma0(V x) {
  return xor3(rotate_right<7>(x), rotate_right<18>(x), V(x >> 3));
}

template <class V>
[[gnu::always_inline]] constexpr V small_sigma1(V x) {
  return xor3(rotate_right<17>(x), rotate_right<19>(x), V(x >> 10));
}

// The working variables of FIPS 180-4, 6.2.2.
template <class V>
struct Working {
  V a, b, c, d, e, f, g, h;
};

// Does one round (FIPS 180-4, 6.2.2, step 3). `addend` is h + K + W: the caller adds them up,
// because it knows which of them are constant.
template <class V>
[[gnu::always_inline]] constexpr void round(Working<V>& s, V addend) {
  // If the order of these operations matters, use ordered_round.h.
  const V t1 = addend + choose(s.e, s.f, s.g) + big_sigma1(s.e);
  const V t2 = majority(s.a, s.b, s.c) + big_sigma0(s.a);
  s = {t1 + t2, s.a, s.b, s.c, s.d + t1, s.e, s.f, s.g};
}

}  // namespace tlslp
