// The kernel for ARMv8's SHA-256 instructions (Arm ARM, C7.2: SHA256H, SHA256H2, SHA256SU0,
// SHA256SU1).
#include <arm_neon.h>

#include <cstdint>

#include "lanes.h"
#include "pair_kernel.h"

namespace tlslp {
namespace {

struct ArmSha2;
using Four = Lanes<4, ArmSha2>;

constexpr std::uint32_t kGroupStreams = 4;
constexpr std::uint32_t kSingleStreams = 4;

// The working variables in the order of SHA256H and SHA256H2, lowest lane first.
struct ArmSha2 {
  static constexpr unsigned kStep = 4;
  using Words = Four;

  Four abcd;
  Four efgh;

  [[gnu::always_inline]] static ArmSha2 of(const State& s) {
    return {Four{Four::Vector{s[0], s[1], s[2], s[3]}}, Four{Four::Vector{s[4], s[5], s[6], s[7]}}};
  }

  [[gnu::always_inline]] void advance(const std::uint32_t* keyed) {
    const uint32x4_t four = vld1q_u32(keyed);
    const uint32x4_t next = vsha256hq_u32(abcd.v, efgh.v, four);
    efgh = {vsha256h2q_u32(efgh.v, abcd.v, four)};
    abcd = {next};
  }

  [[gnu::always_inline]] friend ArmSha2 operator+(const ArmSha2& x, const ArmSha2& y) {
    return {x.abcd + y.abcd, x.efgh + y.efgh};
  }

  [[gnu::always_inline]] ArmSha2 plus_word(std::uint32_t word) const {
    const Four first = {Four::Vector{word, 0, 0, 0}};
    return {abcd + first, efgh + first};
  }

  template <unsigned Ago>
  [[gnu::always_inline]] std::uint32_t e() const {
    return efgh.v[Ago];
  }

  [[gnu::always_inline]] static Four extend(Four w0, Four w4, Four w8, Four w12) {
    return {vsha256su1q_u32(vsha256su0q_u32(w0.v, w4.v), w8.v, w12.v)};
  }
};

}  // namespace

const Kernel kArmSha2Kernel = {
    .name = "arm-sha2",
    .group_size = kAlphabetSize,
    .needs = kArmSha2,
    .search = &search_by_form<PairSearch<ArmSha2, kGroupStreams, kSingleStreams>>,
};

}  // namespace tlslp
