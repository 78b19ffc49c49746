// Where in the message the characters of the suffix lie.
//
// We choose the suffix, its length included, and that choice decides how much work a candidate is:
//
//     suffix = filler … [midstate character] … filler … outer characters, inner characters
//
// - Inner characters: the last three, all in one 32-bit word of the message, the varying word. They
//   run through 64^3 values while the rest of the message is constant, so the rounds before that
//   word are computed once.
// - Outer characters: up to thirteen before them. Each combination is one sweep; threads and shards
//   share the sweeps out.
// - Midstate character: the last character of the block before, if the suffix reaches that far. It
//   gives 64 midstates (chaining values) for one and the same last block, so that 64 candidates
//   share a message schedule.
// - Filler: the first letter of the alphabet, wherever there is room left.
//
// The kinds of layout, cheapest first. A candidate costs one compression, in the last kind two:
//
//     message length mod 64 | midstate character | varying word | constant last block (tail)
//     ----------------------+--------------------+--------------+---------------------------
//     55, or less           | yes                | 13, or less  | no
//     55, or less           | no                 | 13, or less  | no
//     0, 63, 60, 59 or 56   | no                 | 15, 14 or 13 | yes: padding
//
// With a suffix limit of 119 or more it is always the first line with word 13. With 75 or more it
// is at worst the second line with word 13.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "sha256.h"

namespace tlslp {

constexpr std::uint32_t kMaxTokenLength = 128;
constexpr std::uint32_t kMinSuffixLimit = 16;
constexpr std::uint32_t kMaxSuffixLength = 128;

constexpr std::uint32_t kInnerCharacters = 3;
constexpr std::uint32_t kMaxOuterCharacters = 13;

// 64^12 = 2^72 candidates: more than a puzzle of 64 zero bits can ever need.
constexpr std::uint32_t kMinSuffixLength = 12;

// The varying word of the cheapest layout, and so of most searches: the latest word that leaves
// room for the padding in the same block. Without a tail it is the last possible word, with a tail
// the first. The kernels rely on both (search_by_form.h), and are fastest at this word
// (lane_kernel.h).
constexpr std::uint32_t kCheapestWord = (kBlockBytes - kPaddingBytes - kInnerCharacters) / 4;
static_assert(kCheapestWord == 13);

struct Layout {
  std::uint32_t suffix_length = 0;
  std::uint32_t outer_count = 0;                 // how many outer characters
  std::optional<std::uint32_t> midstate_offset;  // of the midstate character, in the suffix
  std::uint32_t inner_offset = 0;                // of the first inner character, in the suffix
  std::uint32_t block = 0;  // the message block that holds the inner characters …
  std::uint32_t word = 0;   // … and the word in that block: the varying word
  std::uint32_t shift = 0;  // bits below the last inner character in that word: 0 or 8
  bool tail = false;        // whether a constant block follows
};

// Returns the cheapest layout for a token of 1 or more bytes and a suffix of at most `suffix_limit`
// characters, 16 or more.
Layout choose_layout(std::uint32_t token_length, std::uint32_t suffix_limit);

// Returns the form of a layout: a number below kForms. A kernel has separate code for each form.
constexpr std::uint32_t kForms = 64;
std::uint32_t form_of(const Layout& layout);

// The properties that all messages of a search share, and on which the speed of a kernel depends.
struct Shape {
  std::uint32_t token_length = 0;
  Layout layout;
};

// Returns the shape with the cheapest layout.
Shape shape_of(std::uint32_t token_length, std::uint32_t suffix_limit);

// Returns the shape that most searches have: a token as servers send it, and any suffix.
Shape usual_shape();

// Returns a shape of each form that occurs, by form.
const std::array<std::optional<Shape>, kForms>& shapes_by_form();

}  // namespace tlslp
