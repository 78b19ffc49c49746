// Chooses a layout: compares all suffix lengths within the limit by cost.
#include "layout.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <tuple>

#include "rounds.h"
#include "sha256.h"

namespace tlslp {
namespace {

// Returns whether the last three characters of a message of this length lie in one word.
bool ends_in_one_word(std::uint32_t message_length) {
  return (message_length - kInnerCharacters) % 4 <= 1;
}

// Returns the layout of a suffix of this length; the message must end in one word.
Layout layout_of(std::uint32_t token_length, std::uint32_t suffix_length) {
  const std::uint32_t message_length = token_length + suffix_length;
  const std::uint32_t inner_at = message_length - kInnerCharacters;

  Layout layout;
  layout.suffix_length = suffix_length;
  layout.inner_offset = suffix_length - kInnerCharacters;
  layout.block = inner_at / kBlockBytes;
  layout.word = inner_at % kBlockBytes / 4;
  layout.shift = inner_at % 4 == 0 ? 8 : 0;
  const std::uint32_t block_at = layout.block * kBlockBytes;
  layout.tail = message_length + kPaddingBytes > block_at + kBlockBytes;
  if (block_at > token_length) {
    layout.midstate_offset = block_at - 1 - token_length;
  }
  const std::uint32_t taken = kInnerCharacters + (layout.midstate_offset ? 1 : 0);
  layout.outer_count = std::min(kMaxOuterCharacters, suffix_length - taken);
  return layout;
}

// Returns the cost of a candidate in the varying block, in quarters of a round: its rounds and, if
// it has a message schedule of its own, the schedule words that vary. A later word saves a round,
// but word 9 costs more than word 8: the schedule first uses W[8] in W[23], and W[9] already in
// W[16].
std::uint32_t cost_of_block(const Layout& layout) {
  constexpr std::uint32_t kRound = 4;
  constexpr std::uint32_t kScheduleWord = 3;
  const auto words =
      static_cast<std::uint32_t>(std::ranges::count(varying_words(layout.word), true));
  return kRound * (kRounds - layout.word) + (layout.midstate_offset ? 0 : kScheduleWord * words);
}

// Orders layouts by cost. A second compression weighs most; of equals the shorter suffix wins.
bool cheaper(const Layout& left, const Layout& right) {
  const auto cost = [](const Layout& layout) {
    return std::tuple(layout.tail, cost_of_block(layout), layout.suffix_length);
  };
  return cost(left) < cost(right);
}

}  // namespace

std::uint32_t form_of(const Layout& layout) {
  return layout.word * 4 + (layout.midstate_offset ? 2 : 0) + (layout.tail ? 1 : 0);
}

Layout choose_layout(std::uint32_t token_length, std::uint32_t suffix_limit) {
  std::uint32_t length = kMinSuffixLength;
  while (!ends_in_one_word(token_length + length)) {
    ++length;
  }
  Layout best = layout_of(token_length, length);
  for (++length; length <= suffix_limit; ++length) {
    if (ends_in_one_word(token_length + length)) {
      const Layout layout = layout_of(token_length, length);
      best = cheaper(layout, best) ? layout : best;
    }
  }
  return best;
}

Shape shape_of(std::uint32_t token_length, std::uint32_t suffix_limit) {
  return {.token_length = token_length, .layout = choose_layout(token_length, suffix_limit)};
}

Shape usual_shape() {
  constexpr std::uint32_t kUsualTokenLength = 64;
  return shape_of(kUsualTokenLength, kMaxSuffixLength);
}

const std::array<std::optional<Shape>, kForms>& shapes_by_form() {
  static const auto shapes = [] {
    std::array<std::optional<Shape>, kForms> all;
    const auto add = [&all](const Shape& shape) { all[form_of(shape.layout)] = shape; };
    // With the shortest suffix limit the token length decides which word varies. All words that
    // occur with one midstate occur here.
    for (std::uint32_t length = 1; length <= kBlockBytes; ++length) {
      add(shape_of(length, kMinSuffixLimit));
    }
    // After a token of nearly one block the suffix reaches into the next block, and its limit
    // decides which word varies. All words that occur with many midstates occur here.
    for (std::uint32_t limit = kMinSuffixLimit; limit <= kMaxSuffixLength; ++limit) {
      add(shape_of(kBlockBytes - 1, limit));
    }
    return all;
  }();
  return shapes;
}

}  // namespace tlslp
