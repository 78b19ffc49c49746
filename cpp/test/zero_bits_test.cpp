// Which digests are solutions.
#include "zero_bits.h"

#include <doctest/doctest.h>

#include "support.h"

namespace tlslp::test {

TEST_CASE("zero bits: a digest with exactly n of them, for every requested number") {
  for (std::uint32_t zeros = 0; zeros <= 64; ++zeros) {
    // All bits are set except the last ones.
    Digest digest{};
    digest.fill(0xff);
    for (std::uint32_t bit = 0; bit < zeros; ++bit) {
      auto& byte = digest[31 - bit / 8];
      byte = static_cast<std::uint8_t>(byte & ~(1U << (bit % 8)));
    }
    for (std::uint32_t bits = 0; bits <= 64; ++bits) {
      CAPTURE(zeros);
      CAPTURE(bits);
      CHECK(ends_with_zero_bits(digest, bits) == (bits <= zeros));
    }
  }
}

TEST_CASE("zero bits: one bit set, everything else zero") {
  for (std::uint32_t set = 0; set < 64; ++set) {
    Digest digest{};
    digest[31 - set / 8] = static_cast<std::uint8_t>(1U << (set % 8));
    CAPTURE(set);
    CHECK(ends_with_zero_bits(digest, set));
    CHECK_FALSE(ends_with_zero_bits(digest, set + 1));
  }
}

TEST_CASE("zero bits: known solutions") {
  struct Known {
    std::string token;
    std::string_view suffix;
    std::uint32_t zeros;
  };
  const std::vector<Known> all = {
      {"a", "AAACR", 9},
      {"token", "AAA6Y", 15},
      {"gkcjcibIFynKssuJnJpSrgvawiVjLjEbdFuYQzuWROTeTaSmqFCAzuwkwLCRgIIq", "ABZLU", 19},
      {std::string(55, 'x'), "AAklp", 16},
      {std::string(56, 'y'), "AASvo", 16},
      {std::string(128, 'z'), "AACib", 20},
  };
  for (const auto& [token, suffix, zeros] : all) {
    CAPTURE(token);
    CHECK(solves(token, suffix, zeros));
    CHECK_FALSE(solves(token, suffix, zeros + 1));
  }
}

}  // namespace tlslp::test
