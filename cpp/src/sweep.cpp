// Computes the constant parts of a sweep.
#include "sweep.h"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace tlslp {
namespace {

constexpr std::size_t kMaxBlocks =
    (kMaxTokenLength + kMaxSuffixLength + kPaddingBytes + kBlockBytes - 1) / kBlockBytes;

using Message = std::array<Block, kMaxBlocks>;

// Returns the message of one candidate, padded (FIPS 180-4, 5.1.1).
Message padded_message(std::span<const std::uint8_t> token, const Layout& layout,
                       const Candidate& candidate) {
  std::array<std::uint8_t, kMaxBlocks * kBlockBytes> bytes{};
  const std::size_t length = token.size() + layout.suffix_length;
  std::ranges::copy(token, bytes.begin());
  write_suffix(layout, candidate, std::span(bytes).subspan(token.size()));
  bytes[length] = 0x80;

  Message blocks{};
  for (std::size_t i = 0; i < kMaxBlocks; ++i) {
    blocks[i] = parse_block(std::span(bytes).subspan(i * kBlockBytes).first<kBlockBytes>());
  }
  blocks[layout.block + (layout.tail ? 1 : 0)][15] = static_cast<std::uint32_t>(length * 8);
  return blocks;
}

// Returns the chaining value before the varying block.
State midstate_of(std::span<const std::uint8_t> token, const Layout& layout,
                  const Candidate& candidate) {
  const Message message = padded_message(token, layout, candidate);
  State state = kInitialState;
  for (std::uint32_t i = 0; i < layout.block; ++i) {
    state = compress(state, message[i]);
  }
  return state;
}

// Returns the sum of the constant terms of each schedule word.
Schedule constant_terms(const Block& block, std::uint32_t word) {
  const auto varies = varying_words(word);
  Schedule sums{};
  std::ranges::copy(block, sums.begin());
  sums[word] = 0;
  for (std::size_t t = block.size(); t < kRounds; ++t) {
    sums[t] = (varies[t - 2] ? 0 : small_sigma1(sums[t - 2])) + (varies[t - 7] ? 0 : sums[t - 7]) +
              (varies[t - 15] ? 0 : small_sigma0(sums[t - 15])) +
              (varies[t - 16] ? 0 : sums[t - 16]);
  }
  return sums;
}

Schedule plus_round_constants(Schedule words) {
  for (std::size_t t = 0; t < kRounds; ++t) {
    words[t] += kRoundConstants[t];
  }
  return words;
}

// Runs the rounds up to that of the varying word.
Midstate advance(const State& state, const Schedule& keyed, std::uint32_t word) {
  const auto [a, b, c, d, e, f, g, h] = state;
  Working<std::uint32_t> s{a, b, c, d, e, f, g, h};
  for (std::uint32_t t = 0; t <= word; ++t) {
    round(s, s.h + keyed[t]);
  }
  return {.state = state,
          .advanced = {s.a, s.b, s.c, s.d, s.e, s.f, s.g, s.h},
          .addends = {s.h + keyed[word + 1], s.g + keyed[word + 2], s.f + keyed[word + 3]}};
}

}  // namespace

void prepare(Sweep& sweep, std::span<const std::uint8_t> token, const Layout& layout, uint128 outer,
             std::uint32_t group_size, std::uint32_t bits) {
  sweep.word = layout.word;
  sweep.tail = layout.tail;
  sweep.last_mask = bits < 32 ? (1U << bits) - 1 : std::numeric_limits<std::uint32_t>::max();
  sweep.midstate_count = layout.midstate_offset ? group_size : 1;

  for (std::uint32_t i = 0; i < kAlphabetSize; ++i) {
    sweep.letters[i] = static_cast<std::uint32_t>(kAlphabet[i]) << layout.shift;
  }

  const Message message = padded_message(token, layout, {.outer = outer});
  const Block& block = message[layout.block];
  sweep.fixed = block[layout.word] & ~(0xffffffU << layout.shift);
  sweep.constant = constant_terms(block, layout.word);
  sweep.constant_keyed = plus_round_constants(sweep.constant);
  sweep.tail_keyed = {};
  if (layout.tail) {
    sweep.tail_keyed = plus_round_constants(expand(message[layout.block + 1]));
  }
  for (std::uint32_t i = 0; i < sweep.midstate_count; ++i) {
    const State state = midstate_of(token, layout, {.outer = outer, .midstate = i});
    sweep.midstates[i] = advance(state, sweep.constant_keyed, layout.word);
  }
}

}  // namespace tlslp
