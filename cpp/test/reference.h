// A second SHA-256 that shares no code with the library, not even a constant. Tests check the
// library's solutions with it, and check it with NIST's vectors (sha256_test.cpp).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tlslp::test {

// A hash that takes a message in pieces, and can be copied between them.
class Reference {
 public:
  using Digest = std::array<std::uint8_t, 32>;

  Reference& add(std::string_view bytes) {
    for (const char byte : bytes) {
      block_[length_ % kBlock] = static_cast<std::uint8_t>(byte);
      if (++length_ % kBlock == 0) {
        finish_block();
      }
    }
    return *this;
  }

  // Finishes the hash and returns the digest.
  Digest digest() {
    std::size_t used = length_ % kBlock;
    block_[used++] = 0x80;
    if (used > kBlock - 8) {
      std::fill(block_.begin() + used, block_.end(), 0);
      finish_block();
      used = 0;
    }
    std::fill(block_.begin() + used, block_.end(), 0);
    for (std::size_t i = 0; i < 8; ++i) {
      block_[kBlock - 1 - i] = static_cast<std::uint8_t>(length_ * 8 >> (8 * i));
    }
    finish_block();
    Digest bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::uint8_t>(h_[i / 4] >> (24 - 8 * (i % 4)));
    }
    return bytes;
  }

 private:
  __extension__ using Wide = unsigned __int128;
  static constexpr std::size_t kBlock = 64;

  // Returns the first 32 bits of the fractional part of the square (2) or cube (3) root of n.
  static constexpr std::uint32_t root_bits(unsigned n, int degree) {
    // The largest x with x^degree <= n * 2^(32 * degree).
    std::uint64_t x = 0;
    for (std::uint64_t bit = std::uint64_t{1} << 37U; bit != 0; bit >>= 1U) {
      const Wide y = x + bit;
      x += (degree == 2 ? y * y : y * y * y) <= Wide{n} << (32 * degree) ? bit : 0;
    }
    return static_cast<std::uint32_t>(x);
  }

  // Returns these bits for the first primes.
  template <std::size_t Count>
  static constexpr std::array<std::uint32_t, Count> prime_root_bits(int degree) {
    std::array<std::uint32_t, Count> all{};
    unsigned prime = 2;
    for (std::uint32_t& one : all) {
      one = root_bits(prime, degree);
      bool composite = true;
      while (composite) {
        ++prime;
        composite = false;
        for (unsigned d = 2; d < prime; ++d) {
          composite = composite || prime % d == 0;
        }
      }
    }
    return all;
  }

  void finish_block() {
    static constexpr auto kK = prime_root_bits<64>(3);
    std::array<std::uint32_t, 16> w{};
    for (std::size_t i = 0; i < kBlock; ++i) {
      w[i / 4] = w[i / 4] << 8U | block_[i];
    }
    auto [a, b, c, d, e, f, g, h] = h_;
    for (unsigned t = 0; t < 64; ++t) {
      std::uint32_t& next = w[t % 16];
      if (t >= 16) {
        const std::uint32_t x = w[(t + 1) % 16];
        const std::uint32_t y = w[(t + 14) % 16];
        next += (std::rotr(x, 7) ^ std::rotr(x, 18) ^ x >> 3U) + w[(t + 9) % 16] +
                (std::rotr(y, 17) ^ std::rotr(y, 19) ^ y >> 10U);
      }
      const std::uint32_t t1 = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                               ((e & f) ^ (~e & g)) + kK[t] + next;
      const std::uint32_t t2 =
          (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = d + t1;
      d = c;
      c = b;
      b = a;
      a = t1 + t2;
    }
    const std::array<std::uint32_t, 8> sum = {a, b, c, d, e, f, g, h};
    for (unsigned i = 0; i < 8; ++i) {
      h_[i] += sum[i];
    }
  }

  std::array<std::uint32_t, 8> h_ = prime_root_bits<8>(2);
  std::array<std::uint8_t, kBlock> block_{};
  std::uint64_t length_ = 0;
};

// Returns whether a digest ends in at least this many zero bits.
inline bool ends_in_zeros(const Reference::Digest& digest, unsigned bits) {
  for (unsigned i = 0; i < bits; ++i) {
    if ((digest[digest.size() - 1 - i / 8] >> i % 8 & 1) != 0) {
      return false;
    }
  }
  return true;
}

}  // namespace tlslp::test
