// Converts candidates to suffixes, and shares to their outer values.
#include "keyspace.h"

#include <algorithm>

namespace tlslp {

uint128 outer_total(const Layout& layout) {
  return uint128{1} << (kAlphabetBits * layout.outer_count);
}

void write_suffix(const Layout& layout, const Candidate& candidate,
                  std::span<std::uint8_t> suffix) {
  const auto letter = [](auto value) {
    return static_cast<std::uint8_t>(kAlphabet[static_cast<std::size_t>(value % kAlphabetSize)]);
  };
  std::ranges::fill(suffix.first(layout.suffix_length), letter(0U));

  std::uint32_t inner = candidate.inner;
  std::uint32_t at = layout.suffix_length;
  while (at > layout.inner_offset) {
    suffix[--at] = letter(inner);
    inner /= kAlphabetSize;
  }
  uint128 outer = candidate.outer;
  for (std::uint32_t written = 0; written < layout.outer_count;) {
    if (--at != layout.midstate_offset) {
      suffix[at] = letter(outer);
      outer /= kAlphabetSize;
      ++written;
    }
  }
  if (layout.midstate_offset) {
    suffix[*layout.midstate_offset] = letter(candidate.midstate);
  }
}

OuterValues::OuterValues(uint128 total, const Share& share, std::uint64_t start)
    : first_(share.shard.index - 1 + uint128{share.shard.count} * share.thread),
      stride_(uint128{share.shard.count} * share.threads),
      count_(first_ < total ? (total - first_ - 1) / stride_ + 1 : 0),
      next_k_(count_ == 0 ? 0 : start % count_),
      left_(count_) {}

std::optional<uint128> OuterValues::next() {
  if (left_ == 0) {
    return std::nullopt;
  }
  --left_;
  const uint128 value = first_ + stride_ * next_k_;
  next_k_ = next_k_ + 1 == count_ ? 0 : next_k_ + 1;
  return value;
}

}  // namespace tlslp
