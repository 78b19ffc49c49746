// Which candidates there are, and which thread tries which of them.
//
// Three numbers identify a candidate: outer (which sweep), midstate (which midstate of the sweep)
// and inner (which of the sweep's 64^3 inner values). No two candidates have the same suffix, and
// no two threads or shards get the same outer value, so no candidate is tried twice.
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

// How many rows a sweep has, of 64 inner values each.
constexpr std::uint32_t kRowCount = 1U << (kAlphabetBits * (kInnerCharacters - 1));

struct Candidate {
  uint128 outer = 0;
  std::uint32_t midstate = 0;  // 0 if the layout has no midstate character
  std::uint32_t inner = 0;
};

// Returns how many outer values there are: 64^outer_count.
uint128 outer_total(const Layout& layout);

// Writes the candidate's suffix: exactly layout.suffix_length bytes.
void write_suffix(const Layout& layout, const Candidate& candidate, std::span<std::uint8_t> suffix);

// One of several disjoint parts of the keyspace, so that several machines can work on one puzzle.
struct Shard {
  std::uint32_t index = 1;  // 1 to count
  std::uint32_t count = 1;
};

// One thread's share of a shard.
struct Share {
  Shard shard;
  std::uint32_t thread = 0;  // 0 to threads - 1
  std::uint32_t threads = 1;
};

// Gives out the outer values of one share, each once, in this order:
//
//     (shard.index - 1) + shard.count * (thread + threads * k),  k = start, start + 1, … mod K
//
// K is how many such values are below the total. Shards are residue classes modulo the shard count,
// so they are disjoint even if machines have different numbers of threads or different starts.
class OuterValues {
 public:
  OuterValues(uint128 total, const Share& share, std::uint64_t start);

  // Returns the next value, or nothing after the last one.
  std::optional<uint128> next();

 private:
  uint128 first_;
  uint128 stride_;
  uint128 count_;
  uint128 next_k_;
  uint128 left_;  // how many values are left to give out
};

}  // namespace tlslp
