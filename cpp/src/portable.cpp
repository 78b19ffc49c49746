// The kernel for every processor, and the reference for the others: four lanes in the compilers'
// own vector type, which becomes whatever the target has (SSE2, NEON, plain registers).
#include <array>
#include <bit>
#include <cstdint>

#include "lane_kernel.h"

namespace tlslp {
namespace {

struct Lanes {
  using Vector [[gnu::vector_size(16)]] = std::uint32_t;

  Vector v;

  [[gnu::always_inline]] static Lanes broadcast(std::uint32_t word) {
    return {Vector{word, word, word, word}};
  }

  [[gnu::always_inline]] static Lanes load(const std::uint32_t* words) {
    return {Vector{words[0], words[1], words[2], words[3]}};
  }

  [[gnu::always_inline]] std::uint32_t zero_lanes() const {
    // Nearly always no lane is zero, and this is cheaper than looking at each.
    const auto [low, high] = std::bit_cast<std::array<std::uint64_t, 2>>(v == 0);
    if ((low | high) == 0) {
      return 0;
    }
    const auto [w0, w1, w2, w3] = std::bit_cast<std::array<std::uint32_t, 4>>(v);
    return (w0 == 0 ? 1U : 0U) | (w1 == 0 ? 2U : 0U) | (w2 == 0 ? 4U : 0U) | (w3 == 0 ? 8U : 0U);
  }

  [[gnu::always_inline]] friend Lanes operator+(Lanes x, Lanes y) { return {x.v + y.v}; }
  [[gnu::always_inline]] friend Lanes operator^(Lanes x, Lanes y) { return {x.v ^ y.v}; }
  [[gnu::always_inline]] friend Lanes operator&(Lanes x, Lanes y) { return {x.v & y.v}; }
  [[gnu::always_inline]] friend Lanes operator|(Lanes x, Lanes y) { return {x.v | y.v}; }
  [[gnu::always_inline]] friend Lanes operator>>(Lanes x, int n) { return {x.v >> n}; }
  [[gnu::always_inline]] friend Lanes operator<<(Lanes x, int n) { return {x.v << n}; }
};

// A function and no lambda below: a lambda there would be a symbol for the linker to choose among.
bool supported() { return true; }

}  // namespace

const Kernel kPortableKernel = {
    .name = "portable",
    .description = "four lanes of plain C++",
    .group = kAlphabetSize,
    .supported = &supported,
    .search = &search_any_word<Lanes>,
};

}  // namespace tlslp
