// Finds out which instructions this processor has. Only this part of the library asks.
#pragma once

#include <cstdint>

namespace tlslp {

// Instructions that not every processor of a target has. A feature counts as present only if the
// operating system also saves its registers.
enum Feature : std::uint8_t {
  kSse41 = 1U << 0U,
  kSha = 1U << 1U,  // of x86; needs SSE too
  kAvx2 = 1U << 2U,
  kAvx512 = 1U << 3U,    // AVX512F, the foundation
  kAvx512vl = 1U << 4U,  // AVX-512 on shorter vectors
  kNeon = 1U << 5U,
  kArmSha2 = 1U << 6U,  // SHA-256 of ARMv8
};

using Features = std::uint32_t;  // a set of Feature bits

// Returns the features of this processor. Any thread may call it.
Features processor_features();

#ifdef __x86_64__
// The answers of an x86 processor and its operating system that tell the features.
struct X86Words {
  std::uint32_t leaf1_ecx = 0;
  std::uint32_t leaf7_ebx = 0;
  std::uint32_t saved = 0;  // which registers are saved (XCR0, low half); 0 if that is unknown
};

Features features_of(const X86Words& words);
#endif

}  // namespace tlslp
