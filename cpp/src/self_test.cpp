// Compares a kernel's hits with the portable kernel's. A comparison with the plain hash would take
// ten times as long; the tests compare the portable kernel with the plain hash.
#include "self_test.h"

#include <array>
#include <cstddef>
#include <span>

#include "sweep.h"

namespace tlslp {
namespace {

// So few zero bits that a wrong digest shows: about 8 of the 64 candidates of a midstate are hits.
constexpr std::uint32_t kBits = 3;
constexpr Slice kSlice = {.first_row = 1234, .rows = 1};

// Records which candidates are hits. Counts them too, so that a repeated hit shows.
class HitRecord final : public HitHandler {
 public:
  bool accept(std::uint32_t midstate, std::uint32_t inner) override {
    ++count_;
    const std::uint32_t column = inner - kSlice.first_row * kAlphabetSize;
    if (midstate < kSelfTestMidstates && column < kAlphabetSize) {
      hits_[midstate][column] = true;
    }
    return false;
  }

  bool operator==(const HitRecord& other) const {
    return hits_ == other.hits_ && count_ == other.count_;
  }

 private:
  std::array<std::array<bool, kAlphabetSize>, kSelfTestMidstates> hits_{};
  std::size_t count_ = 0;
};

}  // namespace

bool passes_self_test(const Kernel& kernel, const Shape& shape) {
  std::array<std::uint8_t, kMaxTokenLength> token{};
  token.fill('t');
  Sweep sweep;
  prepare(sweep, std::span(token).first(shape.token_length), shape.layout, 0, kSelfTestMidstates,
          kBits);
  HitRecord expected;
  kPortableKernel.search(sweep, kSlice, expected);
  HitRecord found;
  const std::uint64_t hashed = kernel.search(sweep, kSlice, found);
  return hashed == std::uint64_t{sweep.midstate_count} * kAlphabetSize && found == expected;
}

}  // namespace tlslp
