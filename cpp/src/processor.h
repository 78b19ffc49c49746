// What this processor can do. Nothing else in the library knows one processor from another.
#pragma once

#include <cstdint>

namespace tlslp {

// Instructions beyond those that every processor of the target has. A feature counts as present
// only if the operating system keeps its registers too.
enum Feature : std::uint8_t {
  kSse41 = 1U << 0U,
  kSha = 1U << 1U,  // x86's; requires SSE
  kAvx2 = 1U << 2U,
  kAvx512 = 1U << 3U,    // the foundation, AVX512F
  kAvx512vl = 1U << 4U,  // its operations on shorter vectors
  kNeon = 1U << 5U,
  kArmSha2 = 1U << 6U,  // ARMv8's SHA-256
};

using Features = std::uint32_t;  // of Feature

// Asks the processor once; from any thread.
Features processor_features();

}  // namespace tlslp
