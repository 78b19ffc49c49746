// The self-test: claims against the plain hash, in every form of layout.
#include "self_test.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "candidate.h"
#include "layout.h"
#include "tlslp/search.h"
#include "zero_bits.h"

namespace tlslp {
namespace {

// Enough zero bits that a wrong digest shows: of the 64 candidates of a midstate about 8 are hits.
constexpr std::uint32_t kBits = 3;
constexpr Slice kSlice = {.first_row = 1234, .rows = 1};

// No multiple of the number that a kernel takes at a time, but more.
constexpr std::uint32_t kGroup = 7;

// Marks the claimed candidates, and counts claims so that a repeated one is noticed.
class Notes final : public Judge {
 public:
  bool accepts(std::uint32_t entry, std::uint32_t inner) override {
    ++claims_;
    const std::uint32_t column = inner - kSlice.first_row * kAlphabetSize;
    if (entry < kGroup && column < kAlphabetSize) {
      claimed_[entry][column] = true;
    }
    return false;
  }

  bool claimed(std::uint32_t entry, std::uint32_t column) const { return claimed_[entry][column]; }
  std::size_t claims() const { return claims_; }

 private:
  std::array<std::array<bool, kAlphabetSize>, kGroup> claimed_{};
  std::size_t claims_ = 0;
};

bool passes(const Kernel& kernel, std::span<const std::uint8_t> token, const Layout& layout) {
  Sweep sweep;
  prepare(sweep, token, layout, 0, kGroup, kBits);
  Notes notes;
  const std::uint64_t hashed = kernel.search(sweep, kSlice, notes);
  if (hashed != std::uint64_t{sweep.entry_count} * kAlphabetSize) {
    return false;
  }

  std::size_t hits = 0;
  for (std::uint32_t entry = 0; entry < sweep.entry_count; ++entry) {
    for (std::uint32_t column = 0; column < kAlphabetSize; ++column) {
      const std::uint32_t inner = kSlice.first_row * kAlphabetSize + column;
      const bool hit =
          ends_with_zero_bits(digest_of(token, layout, {.group = entry, .inner = inner}), kBits);
      if (hit != notes.claimed(entry, column)) {
        return false;
      }
      hits += hit ? 1 : 0;
    }
  }
  return hits == notes.claims();
}

}  // namespace

bool passes_self_test(const Kernel& kernel) {
  std::array<std::uint8_t, kBlockBytes> token{};
  token.fill('t');
  // The least limit has a form for each place of the varying word, according to the token's length;
  // the largest has the form that most searches use.
  std::array<bool, std::size_t{1} << 6U> seen{};
  for (const std::uint32_t limit :
       std::array<std::uint32_t, 2>{TLSLP_MIN_SUFFIX_LIMIT, TLSLP_MAX_SUFFIX}) {
    for (std::uint32_t length = 1; length <= token.size(); ++length) {
      const Layout layout = choose_layout(length, limit);
      const bool grouped = layout.group_offset.has_value();
      bool& known = seen[layout.word * 4 + (grouped ? 2 : 0) + (layout.tail ? 1 : 0)];
      if (!known && !passes(kernel, std::span(token).first(length), layout)) {
        return false;
      }
      known = true;
    }
  }
  return true;
}

}  // namespace tlslp
