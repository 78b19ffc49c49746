// A vector of 32-bit words in the compilers' own vector type: what the lane kernels have in common.
//
// `File` is a type that the including file declares in an anonymous namespace. It makes this type,
// and every instance of a template over it, that file's own: the linker can then choose no other
// file's copy, compiled for another processor. Overloads in that namespace take precedence over the
// general functions of rounds.h, so it is also where a file says what its processor does better.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace tlslp {

template <std::size_t Count, class File>
struct Lanes {
  static constexpr std::uint32_t kCount = Count;
  using Vector [[gnu::vector_size(Count * sizeof(std::uint32_t))]] = std::uint32_t;

  Vector v;

  [[gnu::always_inline]] static Lanes broadcast(std::uint32_t word) { return {Vector{} + word}; }

  // From and to as many words as there are lanes.
  [[gnu::always_inline]] static Lanes load(const std::uint32_t* words) {
    Lanes lanes;
    __builtin_memcpy(&lanes, words, sizeof(Vector));
    return lanes;
  }

  [[gnu::always_inline]] void store(std::uint32_t* words) const {
    __builtin_memcpy(words, &v, sizeof(Vector));
  }

  [[gnu::always_inline]] friend Lanes operator+(Lanes x, Lanes y) { return {x.v + y.v}; }
  [[gnu::always_inline]] friend Lanes operator^(Lanes x, Lanes y) { return {x.v ^ y.v}; }
  [[gnu::always_inline]] friend Lanes operator&(Lanes x, Lanes y) { return {x.v & y.v}; }
  [[gnu::always_inline]] friend Lanes operator|(Lanes x, Lanes y) { return {x.v | y.v}; }
  [[gnu::always_inline]] friend Lanes operator>>(Lanes x, int n) { return {x.v >> n}; }
  [[gnu::always_inline]] friend Lanes operator<<(Lanes x, int n) { return {x.v << n}; }
};

// One bit for each lane, set where the lane is zero.
template <std::size_t Count, class File>
[[gnu::always_inline]] inline std::uint32_t zero_lanes(Lanes<Count, File> x) {
  // Nearly always no lane is zero, and this is cheaper than looking at each.
  using Halves = std::array<std::uint64_t, Count / 2>;
  std::uint64_t any = 0;
  for (const std::uint64_t half : std::bit_cast<Halves>(x.v == 0)) {
    any |= half;
  }
  if (any == 0) {
    return 0;
  }
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < Count; ++i) {
    bits |= (x.v[i] == 0 ? 1U : 0U) << i;
  }
  return bits;
}

}  // namespace tlslp
