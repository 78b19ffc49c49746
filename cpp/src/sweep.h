// One sweep: all candidates of one outer value, in which only one word of one block varies.
//
// Before a kernel searches a sweep, plain code computes here all that is constant in it: the
// midstates, the rounds before the varying word and, for each word of the message schedule, the sum
// of the terms that do not depend on the varying word.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "keyspace.h"
#include "layout.h"
#include "rounds.h"
#include "sha256.h"

namespace tlslp {

// The chaining value before the varying block, and how far the rounds get from it without the
// varying word.
struct Midstate {
  State state;
  // The working variables after the round of the varying word, with 0 for that word. To get the
  // true values, add the word to a and to e.
  State advanced;
  // h + K + W of the three rounds after it, in which h is still constant. Valid for the rounds
  // whose word is constant too.
  std::array<std::uint32_t, 3> addends;
};

struct Sweep {
  std::uint32_t word = 0;       // the varying word of the block, 0 to 15
  bool tail = false;            // whether a constant block follows
  std::uint32_t last_mask = 0;  // the bits of the digest's last word that must be zero
  std::uint32_t midstate_count = 0;

  // The varying word of inner value 64 * row + column is row_word(sweep, row) | letters[column].
  std::uint32_t fixed = 0;  // its bytes that are not inner characters
  alignas(64) std::array<std::uint32_t, kAlphabetSize> letters;

  // For each word of the schedule the sum of its constant terms: the word itself if it is constant.
  // And the same plus the round constant ("keyed").
  alignas(64) Schedule constant;
  alignas(64) Schedule constant_keyed;
  // The schedule of the tail plus the round constants.
  alignas(64) Schedule tail_keyed;

  alignas(64) std::array<Midstate, kAlphabetSize> midstates;  // the first midstate_count are valid
};

// Returns the varying word of a row without its last character, which is the column's.
[[gnu::always_inline]] inline std::uint32_t row_word(const Sweep& sweep, std::uint32_t row) {
  const std::uint32_t first = sweep.letters[row / kAlphabetSize] << 16U;
  const std::uint32_t second = sweep.letters[row % kAlphabetSize] << 8U;
  return sweep.fixed | first | second;
}

// Prepares the sweep of one outer value, with `group_size` midstates, 1 to 64; with one midstate if
// the layout has no midstate character.
void prepare(Sweep& sweep, std::span<const std::uint8_t> token, const Layout& layout, uint128 outer,
             std::uint32_t group_size, std::uint32_t bits);

}  // namespace tlslp
