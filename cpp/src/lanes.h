// A vector of 32-bit words, built on the vector type of GCC and Clang. All lane kernels use it.
//
// `File` is a type that each kernel's file declares in its anonymous namespace. It makes this type,
// and each template instance over it, local to that file. Otherwise the linker would keep one copy
// of an instance for all files, perhaps one that was compiled for a newer processor. The type also
// lets a file overload the general functions of rounds.h with faster instructions of its processor.
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

  // Loads one word into each lane.
  [[gnu::always_inline]] static Lanes load(const std::uint32_t* words) {
    Lanes lanes;
    __builtin_memcpy(&lanes, words, sizeof(Vector));
    return lanes;
  }

  // Stores one word from each lane.
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

// Returns one bit for each lane, set if the lane is zero.
template <std::size_t Count, class File>
[[gnu::always_inline]] inline std::uint32_t zero_lanes(Lanes<Count, File> x) {
  // Nearly always no lane is zero, and one test of all lanes is cheaper than one test of each.
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
