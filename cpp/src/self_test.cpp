// The self-test: claims against the portable kernel's. (What that one claims is held against the
// plain hash by the tests; here it would take ten times as long.)
#include "self_test.h"

#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "tlslp/search.h"

namespace tlslp {
namespace {

// Enough zero bits that a wrong digest shows: of the 64 candidates of a midstate about 8 are hits.
constexpr std::uint32_t kBits = 3;
constexpr Slice kSlice = {.first_row = 1234, .rows = 1};

// Marks the claimed candidates, and counts claims so that a repeated one is noticed.
class Notes final : public Judge {
 public:
  bool accepts(std::uint32_t entry, std::uint32_t inner) override {
    ++claims_;
    const std::uint32_t column = inner - kSlice.first_row * kAlphabetSize;
    if (entry < kSelfTestMidstates && column < kAlphabetSize) {
      claimed_[entry][column] = true;
    }
    return false;
  }

  bool operator==(const Notes& other) const {
    return claimed_ == other.claimed_ && claims_ == other.claims_;
  }

 private:
  std::array<std::array<bool, kAlphabetSize>, kSelfTestMidstates> claimed_{};
  std::size_t claims_ = 0;
};

}  // namespace

bool passes_self_test(const Kernel& kernel, const Shape& shape) {
  std::array<std::uint8_t, TLSLP_MAX_TOKEN> token{};
  token.fill('t');
  Sweep sweep;
  prepare(sweep, std::span(token).first(shape.token_length), shape.layout, 0, kSelfTestMidstates,
          kBits);
  Notes expected;
  kPortableKernel.search(sweep, kSlice, expected);
  Notes notes;
  const std::uint64_t hashed = kernel.search(sweep, kSlice, notes);
  return hashed == std::uint64_t{sweep.entry_count} * kAlphabetSize && notes == expected;
}

bool passes_self_test(const Kernel& kernel) {
  std::array<bool, kForms> seen{};
  const auto passes_at = [&](std::uint32_t length, std::uint32_t limit) {
    const Shape shape = shape_of(length, limit);
    return std::exchange(seen[form_of(shape.layout)], true) || passes_self_test(kernel, shape);
  };
  // At the least limit the varying word has every place that it ever has with one midstate,
  // according to the token's length. Behind a token that is nearly a block it has every place with
  // many, according to the limit.
  for (std::uint32_t length = 1; length <= kBlockBytes; ++length) {
    if (!passes_at(length, TLSLP_MIN_SUFFIX_LIMIT)) {
      return false;
    }
  }
  for (std::uint32_t limit = TLSLP_MIN_SUFFIX_LIMIT; limit <= TLSLP_MAX_SUFFIX; ++limit) {
    if (!passes_at(kBlockBytes - 1, limit)) {
      return false;
    }
  }
  return true;
}

}  // namespace tlslp
