// Which features a processor has.
#include "processor.h"

#include <doctest/doctest.h>

#include <initializer_list>

namespace tlslp::test {

#ifdef __x86_64__
TEST_CASE("processor: its features are those that the compiler's library finds") {
  const Features features = processor_features();
  CHECK(((features & kSse41) != 0) == (__builtin_cpu_supports("sse4.1") != 0));
  CHECK(((features & kAvx2) != 0) == (__builtin_cpu_supports("avx2") != 0));
  CHECK(((features & kAvx512) != 0) == (__builtin_cpu_supports("avx512f") != 0));
  CHECK(((features & kAvx512vl) != 0) == (__builtin_cpu_supports("avx512vl") != 0));
}

TEST_CASE("processor: features whose registers the operating system does not save are not used") {
  // All features, then with fewer and fewer registers saved.
  X86Words words = {.leaf1_ecx = ~0U, .leaf7_ebx = ~0U, .saved = ~0U};
  constexpr Features kAlwaysSaved = kSse41 | kSha;
  CHECK(features_of(words) == (kAlwaysSaved | kAvx2 | kAvx512 | kAvx512vl));
  for (const unsigned state : {5U, 6U, 7U}) {  // AVX-512: masks, and the two parts of its registers
    words.saved = ~(1U << state);
    CHECK(features_of(words) == (kAlwaysSaved | kAvx2));
  }
  for (const unsigned state : {1U, 2U}) {  // SSE and AVX
    words.saved = ~(1U << state);
    CHECK(features_of(words) == kAlwaysSaved);
  }
  words.saved = 0;
  CHECK(features_of(words) == kAlwaysSaved);
  // Registers are saved, but the processor lacks the instructions.
  CHECK(features_of({.saved = ~0U}) == 0);
  CHECK(features_of({.leaf7_ebx = 1U << 16U, .saved = ~0U}) == kAvx512);
}
#endif

}  // namespace tlslp::test
