// One sweep: a message in which only the three inner characters vary, worked out as far as it goes.
//
// Everything that is constant while they vary is computed here, once and in plain code, whatever
// kernel searches the sweep: the midstates, the rounds before the varying word, and of the message
// schedule every term that does not depend on it.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "keyspace.h"
#include "layout.h"
#include "rounds.h"
#include "sha256.h"

namespace tlslp {

// One midstate, and how far it gets without the varying word.
struct Entry {
  State midstate;
  // The working variables after the varying word's round, as if that word were 0. The word itself
  // is linear there: it is to be added to a and to e.
  State entered;
  // h + K + W of the three rounds after it, in which h still is constant; only for rounds whose
  // word is constant too.
  std::array<std::uint32_t, 3> addends;
};

struct Sweep {
  std::uint32_t word = 0;       // the varying word of the block, 0 to 15
  bool tail = false;            // whether a constant block follows
  std::uint32_t last_mask = 0;  // the bits of the digest's last word that must be zero
  std::uint32_t entry_count = 0;

  // The varying word is row_word(row) | letters[column], for inner value 64 * row + column.
  std::uint32_t fixed = 0;  // its bytes that are not inner characters
  alignas(64) std::array<std::uint32_t, kAlphabetSize> letters;

  // Of each word of the schedule the sum of its constant terms, which is the word if it is
  // constant; and the same plus the round's constant.
  alignas(64) Schedule constant;
  alignas(64) Schedule constant_keyed;
  // The tail's schedule plus the round constants.
  alignas(64) Schedule tail_keyed;

  alignas(64) std::array<Entry, kAlphabetSize> entries;  // the first entry_count of them
};

// The first two inner characters of a row of 64 candidates, in place.
[[gnu::always_inline]] inline std::uint32_t row_word(const Sweep& sweep, std::uint32_t row) {
  const std::uint32_t first = sweep.letters[row / kAlphabetSize] << 16U;
  const std::uint32_t second = sweep.letters[row % kAlphabetSize] << 8U;
  return sweep.fixed | first | second;
}

// Prepares the sweep of one outer value. `group` is how many midstates are wanted, 1 to 64; where
// the layout has no group character there is one.
void prepare(Sweep& sweep, std::span<const std::uint8_t> token, const Layout& layout, uint128 outer,
             std::uint32_t group, std::uint32_t bits);

}  // namespace tlslp
