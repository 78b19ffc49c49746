// The plain hash: SHA-256 of a whole message, step by step as in the standard. It checks every hit.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace tlslp {

using State = std::array<std::uint32_t, 8>;   // a chaining value
using Block = std::array<std::uint32_t, 16>;  // 64 message bytes as big-endian words
using Schedule = std::array<std::uint32_t, 64>;
using Digest = std::array<std::uint8_t, 32>;

constexpr unsigned kBlockBytes = 64;

// The least number of bytes that padding adds: a one bit and the length (FIPS 180-4, 5.1.1).
constexpr unsigned kPaddingBytes = 9;

// FIPS 180-4, 5.3.3.
constexpr State kInitialState = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

// Returns the words of a block (FIPS 180-4, 5.2.1).
Block parse_block(std::span<const std::uint8_t, kBlockBytes> bytes);

// Returns the message schedule of a block (FIPS 180-4, 6.2.2, step 1).
Schedule expand(const Block& block);

// Returns the chaining value after one more block (FIPS 180-4, 6.2.2).
State compress(const State& state, const Block& block);

// Returns the digest of a message of any length.
Digest sha256(std::span<const std::uint8_t> message);

}  // namespace tlslp
