// The preparation of a sweep.
#include "sweep.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <span>

#include "support.h"

namespace tlslp::test {

TEST_CASE("sweep: a kernel checks the requested number of bits, at most 32") {
  const Layout layout = choose_layout(5, 128);
  Sweep sweep;
  for (std::uint32_t bits = 0; bits <= TLSLP_MAX_BITS; ++bits) {
    std::uint32_t mask = 0;
    for (std::uint32_t bit = 0; bit < bits && bit < 32; ++bit) {
      mask |= 1U << bit;
    }
    prepare(sweep, bytes_of("token"), layout, 0, 1, bits);
    CAPTURE(bits);
    CHECK(sweep.last_mask == mask);
  }
}

TEST_CASE("sweep: the varying word holds the characters of the inner value") {
  for (const std::uint32_t token : {1U, 2U, 3U, 4U, 46U, 47U}) {
    const Layout layout = choose_layout(token, 16);
    const std::string text = token_of(token);
    Sweep sweep;
    prepare(sweep, bytes_of(text), layout, 0, 1, 8);
    for (const std::uint32_t inner : {0U, 63U, 64U, 4095U, 4096U, 262'143U}) {
      // The block of the whole message.
      std::array<std::uint8_t, std::size_t{5} * kBlockBytes> message{};
      std::ranges::copy(bytes_of(text), message.begin());
      write_suffix(layout, {.inner = inner}, std::span(message).subspan(token));
      message[token + layout.suffix_length] = 0x80;
      const Block block = parse_block(
          std::span(message).subspan(std::size_t{layout.block} * kBlockBytes).first<kBlockBytes>());
      CHECK((row_word(sweep, inner / kAlphabetSize) | sweep.letters[inner % kAlphabetSize]) ==
            block[layout.word]);
    }
  }
}

}  // namespace tlslp::test
