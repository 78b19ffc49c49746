// Tells whether a digest is that of a solution.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

#include "sha256.h"

namespace tlslp {

// The most zero bits that a puzzle can ask for.
constexpr std::uint32_t kMaxBits = 64;

// Returns whether the digest ends in at least `bits` zero bits, 0 to kMaxBits.
inline bool ends_with_zero_bits(const Digest& digest, std::uint32_t bits) {
  std::uint64_t low = 0;
  for (const std::uint8_t byte : std::span(digest).last<kMaxBits / 8>()) {
    low = low << 8U | byte;
  }
  return static_cast<std::uint32_t>(std::countr_zero(low)) >= bits;
}

}  // namespace tlslp
