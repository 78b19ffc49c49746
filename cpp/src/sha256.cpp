// The steps of FIPS 180-4, section 6.2.
#include "sha256.h"

#include <algorithm>
#include <cstddef>

#include "rounds.h"

namespace tlslp {

Block parse_block(std::span<const std::uint8_t, kBlockBytes> bytes) {
  Block words{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    words[i / 4] = words[i / 4] << 8U | bytes[i];
  }
  return words;
}

Schedule expand(const Block& block) {
  Schedule w{};
  std::ranges::copy(block, w.begin());
  for (std::size_t t = block.size(); t < w.size(); ++t) {
    w[t] = small_sigma1(w[t - 2]) + w[t - 7] + small_sigma0(w[t - 15]) + w[t - 16];
  }
  return w;
}

State compress(const State& state, const Block& block) {
  const Schedule w = expand(block);
  const auto [a, b, c, d, e, f, g, h] = state;
  Working<std::uint32_t> s{a, b, c, d, e, f, g, h};
  for (std::size_t t = 0; t < kRounds; ++t) {
    round(s, s.h + kRoundConstants[t] + w[t]);
  }
  return {a + s.a, b + s.b, c + s.c, d + s.d, e + s.e, f + s.f, g + s.g, h + s.h};
}

Digest sha256(std::span<const std::uint8_t> message) {
  State state = kInitialState;
  auto rest = message;
  for (; rest.size() >= kBlockBytes; rest = rest.subspan(kBlockBytes)) {
    state = compress(state, parse_block(rest.first<kBlockBytes>()));
  }

  // FIPS 180-4, 5.1.1: a one bit, zeros, and the message's length in bits in the last two words.
  std::array<std::uint8_t, kBlockBytes> last{};
  std::ranges::copy(rest, last.begin());
  last[rest.size()] = 0x80;
  Block block = parse_block(last);
  if (rest.size() + kPaddingBytes > kBlockBytes) {
    state = compress(state, block);
    block = {};
  }
  const std::uint64_t bits = std::uint64_t{message.size()} * 8;
  block[14] = static_cast<std::uint32_t>(bits >> 32U);
  block[15] = static_cast<std::uint32_t>(bits);
  state = compress(state, block);

  Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

}  // namespace tlslp
