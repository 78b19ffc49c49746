// What makes a digest a solution.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

#include "sha256.h"

namespace tlslp {

// Whether the digest, read as one big-endian number, ends with at least so many zero bits (0–64).
inline bool ends_with_zero_bits(const Digest& digest, std::uint32_t bits) {
  std::uint64_t low = 0;
  for (const std::uint8_t byte : std::span(digest).last<8>()) {
    low = low << 8U | byte;
  }
  return static_cast<std::uint32_t>(std::countr_zero(low)) >= bits;
}

}  // namespace tlslp
