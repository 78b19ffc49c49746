// x86: the processor answers (Intel SDM volume 1, 14.3 and 15.2, and volume 2, CPUID and XGETBV).
// 64-bit ARM: programs may not ask the processor, so each operating system has its own interface.
// Other processors have no features.
#include "processor.h"

#ifdef __x86_64__
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#elif defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>

#include <cstddef>
#elif defined(__aarch64__) && defined(_WIN32)
#include <windows.h>
#endif

namespace tlslp {
namespace {

#ifdef __x86_64__

struct Leaf {
  std::uint32_t eax = 0;
  std::uint32_t ebx = 0;
  std::uint32_t ecx = 0;
  std::uint32_t edx = 0;
};

Leaf cpuid(std::uint32_t number) {
  Leaf leaf;  // stays zero if the processor has no such leaf
  __get_cpuid_count(number, 0, &leaf.eax, &leaf.ebx, &leaf.ecx, &leaf.edx);
  return leaf;
}

// Returns which registers the operating system saves (XCR0, low half). The compiler's intrinsic
// would need this whole file compiled for processors with XSAVE.
std::uint32_t saved_state() {
  Leaf state;  // NOLINT(misc-const-correctness): the assembly writes it
  __asm__("xgetbv" : "=a"(state.eax), "=d"(state.edx) : "c"(0));
  return state.eax;
}

constexpr bool has(std::uint32_t word, unsigned bit) { return (word >> bit & 1U) != 0; }

Features detect() {
  const std::uint32_t leaf1_ecx = cpuid(1).ecx;
  const bool xgetbv = has(leaf1_ecx, 27);
  return features_of(
      {.leaf1_ecx = leaf1_ecx, .leaf7_ebx = cpuid(7).ebx, .saved = xgetbv ? saved_state() : 0});
}

#elif defined(__aarch64__) && defined(__linux__)

Features detect() {
  const unsigned long capabilities = getauxval(AT_HWCAP);
  Features features = 0;
  features |= (capabilities & HWCAP_ASIMD) != 0 ? Features{kNeon} : 0;
  features |= (capabilities & HWCAP_SHA2) != 0 ? Features{kArmSha2} : 0;
  return features;
}

#elif defined(__aarch64__) && defined(__APPLE__)

Features detect() {
  int has_sha256 = 0;
  std::size_t size = sizeof has_sha256;
  const int failed = sysctlbyname("hw.optional.arm.FEAT_SHA256", &has_sha256, &size, nullptr, 0);
  return Features{kNeon} | (failed == 0 && has_sha256 != 0 ? Features{kArmSha2} : 0);
}

#elif defined(__aarch64__) && defined(_WIN32)

Features detect() {
  const bool has_crypto = IsProcessorFeaturePresent(PF_ARM_V8_CRYPTO_INSTRUCTIONS_AVAILABLE) != 0;
  return Features{kNeon} | (has_crypto ? Features{kArmSha2} : 0);
}

#else

Features detect() { return 0; }

#endif

}  // namespace

#ifdef __x86_64__
Features features_of(const X86Words& words) {
  constexpr std::uint32_t kXmmYmm = 0x06;
  constexpr std::uint32_t kXmmYmmZmm = 0xe6;  // and the mask registers

  Features features = 0;
  features |= has(words.leaf1_ecx, 19) ? Features{kSse41} : 0;
  features |= has(words.leaf7_ebx, 29) ? Features{kSha} : 0;
  if ((words.saved & kXmmYmm) == kXmmYmm) {
    features |= has(words.leaf7_ebx, 5) ? Features{kAvx2} : 0;
  }
  if ((words.saved & kXmmYmmZmm) == kXmmYmmZmm) {
    features |= has(words.leaf7_ebx, 16) ? Features{kAvx512} : 0;
    features |= has(words.leaf7_ebx, 31) ? Features{kAvx512vl} : 0;
  }
  return features;
}
#endif

Features processor_features() {
  static const Features features = detect();
  return features;
}

}  // namespace tlslp
