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

// Enough zero bits that a wrong digest shows: of the 128 candidates of a form about 16 are hits.
constexpr std::uint32_t kBits = 3;
constexpr Slice kSlice = {.first_row = 1234, .rows = 1};
constexpr std::uint32_t kGroup = 2;

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
  const auto passes_at = [&](std::uint32_t token_length, std::uint32_t suffix_limit) {
    return passes(kernel, std::span(token).first(token_length),
                  choose_layout(token_length, suffix_limit));
  };
  // The least limit has a form for each place of the varying word, according to the token's length;
  // the largest has the form that most searches use.
  for (std::uint32_t length = 1; length <= token.size(); ++length) {
    if (!passes_at(length, TLSLP_MIN_SUFFIX_LIMIT)) {
      return false;
    }
  }
  return passes_at(1, TLSLP_MAX_SUFFIX);
}

}  // namespace tlslp
