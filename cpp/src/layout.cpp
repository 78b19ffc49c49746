// The choice of a layout: all suffix lengths within the limit, compared by cost.
#include "layout.h"

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "rounds.h"
#include "sha256.h"

namespace tlslp {
namespace {

// Whether the last three characters of such a message are in one word.
bool ends_in_one_word(std::uint32_t message_length) {
  return (message_length - kInnerCharacters) % 4 <= 1;
}

// The layout of a suffix of this length, in a message that ends in one word.
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
    layout.group_offset = block_at - 1 - token_length;
  }
  const std::uint32_t taken = kInnerCharacters + (layout.group_offset ? 1 : 0);
  layout.outer_count = std::min(kMaxOuterCharacters, suffix_length - taken);
  return layout;
}

// What a candidate costs in the block that varies, in quarters of a round: the rounds, and the
// words that vary of a message schedule of its own. Behind word 8 these are more, because the
// schedule takes up a word after seven others, or else after fifteen.
std::uint32_t cost_of_block(const Layout& layout) {
  constexpr std::uint32_t kRound = 4;
  constexpr std::uint32_t kScheduleWord = 3;
  const auto words =
      static_cast<std::uint32_t>(std::ranges::count(varying_words(layout.word), true));
  return kRound * (kRounds - layout.word) + (layout.group_offset ? 0 : kScheduleWord * words);
}

// Orders layouts by what a candidate costs: a second compression weighs most; the shorter suffix
// decides between equals.
bool cheaper(const Layout& left, const Layout& right) {
  const auto cost = [](const Layout& layout) {
    return std::tuple(layout.tail, cost_of_block(layout), layout.suffix_length);
  };
  return cost(left) < cost(right);
}

}  // namespace

std::uint32_t form_of(const Layout& layout) {
  return layout.word * 4 + (layout.group_offset ? 2 : 0) + (layout.tail ? 1 : 0);
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

}  // namespace tlslp
