// Which candidates there are, and who tries which.
//
// A candidate is numbered by three values: outer (which sweep), group (which midstate) and inner
// (which of the sweep's 64^3 words). No two numbers give the same suffix, and no two threads or
// shards are given the same outer value; so nothing is ever tried twice.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "layout.h"

namespace tlslp {

__extension__ using uint128 = unsigned __int128;

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint32_t kAlphabetBits = 6;
constexpr std::uint32_t kAlphabetSize = 1U << kAlphabetBits;
static_assert(kAlphabet.size() == kAlphabetSize);

constexpr std::uint32_t kRowCount =
    1U << (kAlphabetBits * (kInnerCharacters - 1));  // of 64 inner values each

struct Candidate {
  uint128 outer = 0;
  std::uint32_t group = 0;  // 0 where the layout has no group character
  std::uint32_t inner = 0;
};

// How many values outer has: 64^outer_count.
uint128 outer_total(const Layout& layout);

// Writes the candidate's suffix: exactly layout.suffix_length bytes.
void write_suffix(const Layout& layout, const Candidate& candidate, std::span<std::uint8_t> suffix);

// One thread's share of a search.
struct Share {
  std::uint32_t shard_index = 1;  // 1 to shard_count
  std::uint32_t shard_count = 1;
  std::uint32_t thread = 0;  // 0 to threads - 1
  std::uint32_t threads = 1;
};

// The outer values of one share, each once, in turn:
//
//     (shard_index - 1) + shard_count * (thread + threads * k),  k = start, start + 1, … mod K
//
// where K is how many such values are below the total. Shards are residue classes, so those of one
// count are disjoint whatever their machines' threads and starts are.
class OuterValues {
 public:
  OuterValues(uint128 total, const Share& share, std::uint64_t start);

  // The next one; nothing when all have been given.
  std::optional<uint128> next();

 private:
  uint128 first_;
  uint128 stride_;
  uint128 count_;
  uint128 at_;    // the next k
  uint128 left_;  // how many are still to be given
};

}  // namespace tlslp
