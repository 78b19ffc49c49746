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

#ifdef __x86_64__
// What an x86 processor and its operating system say of these features.
struct X86Words {
  std::uint32_t leaf1_ecx = 0;
  std::uint32_t leaf7_ebx = 0;
  std::uint32_t saved = 0;  // which registers are kept (XCR0, low half); 0 where it cannot be asked
};

Features features_of(const X86Words& words);
#endif

}  // namespace tlslp
