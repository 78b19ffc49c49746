// The self-test: claims against the portable kernel's, in every form of layout. (What that one
// claims is held against the plain hash by the tests; here it would take ten times as long.)
#include "self_test.h"

#include <array>
#include <cstddef>
#include <span>

#include "layout.h"
#include "tlslp/search.h"

namespace tlslp {
namespace {

// Enough zero bits that a wrong digest shows: of the 64 candidates of a midstate about 8 are hits.
constexpr std::uint32_t kBits = 3;
constexpr Slice kSlice = {.first_row = 1234, .rows = 1};

// No multiple of the number that a kernel takes at a time, but more.
constexpr std::uint32_t kGroup = 11;

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

  bool operator==(const Notes& other) const {
    return claimed_ == other.claimed_ && claims_ == other.claims_;
  }

 private:
  std::array<std::array<bool, kAlphabetSize>, kGroup> claimed_{};
  std::size_t claims_ = 0;
};

bool passes(const Kernel& kernel, std::span<const std::uint8_t> token, const Layout& layout) {
  Sweep sweep;
  prepare(sweep, token, layout, 0, kGroup, kBits);
  Notes expected;
  kPortableKernel.search(sweep, kSlice, expected);
  Notes notes;
  const std::uint64_t hashed = kernel.search(sweep, kSlice, notes);
  return hashed == std::uint64_t{sweep.entry_count} * kAlphabetSize && notes == expected;
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
