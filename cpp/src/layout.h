// Where in the message each of the suffix's characters stands.
//
// The suffix is ours to choose, in length and in content, and that decides how dear a candidate is:
//
//     suffix = filler … [group] … filler … outer characters, inner characters
//
// - Inner: the last three, all in one 32-bit word of the message. They run through 64^3 values
//   while everything else stands still, so the rounds before that word are done once.
// - Outer: up to thirteen before them. They number the sweeps, and threads and shards share them
// out.
// - Group: the last character of the block before, when the suffix reaches that far back. It gives
//   64 chaining values (midstates) to one last block, which therefore share its message schedule.
// - Filler: the alphabet's first letter, where there is room left.
//
// The forms, cheapest first. A candidate costs one compression in the first two, two in the last:
//
//     message length mod 64 | group | inner characters in word | block behind
//     ----------------------+-------+--------------------------+--------------------------
//     55, or less           | yes   | 13, or less              | none
//     55, or less           | no    | 13, or less              | none
//     0, 63, 60, 59 or 56   | no    | 15, 14 or 13             | padding: a constant block
//
// With a suffix limit of 119 or more it is always the first with word 13; with one of 75 or more,
// at worst the second with word 13.
#pragma once

#include <cstdint>
#include <optional>

namespace tlslp {

constexpr std::uint32_t kInnerCharacters = 3;
constexpr std::uint32_t kMaxOuterCharacters = 13;

// 64^12 = 2^72 candidates: more than 64 zero bits can ever need.
constexpr std::uint32_t kMinSuffixLength = 12;

struct Layout {
  std::uint32_t suffix_length = 0;
  std::uint32_t outer_count = 0;              // how many outer characters
  std::optional<std::uint32_t> group_offset;  // of the group character, from the suffix's start
  std::uint32_t inner_offset = 0;             // of the first inner character, likewise
  std::uint32_t block = 0;                    // the message block that holds the inner characters …
  std::uint32_t word = 0;                     // … and the word of it
  std::uint32_t shift = 0;  // bits below the last inner character in that word: 0 or 8
  bool tail = false;        // whether a constant block follows
};

// The form of a layout, as a number below kForms: kernels have code of their own for each.
constexpr std::uint32_t kForms = 64;
std::uint32_t form_of(const Layout& layout);

// The layout in which a candidate is cheapest, for a token of 1 or more bytes and a longest suffix
// of 16 or more characters.
Layout choose_layout(std::uint32_t token_length, std::uint32_t suffix_limit);

// What the messages of a search have in common, and its speed depends on.
struct Shape {
  std::uint32_t token_length = 0;
  Layout layout;
};

// The shape with that layout.
Shape shape_of(std::uint32_t token_length, std::uint32_t suffix_limit);

}  // namespace tlslp
