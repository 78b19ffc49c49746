// The list of kernels, and the memory of which passed their self-tests.
#include "kernels.h"

#include <array>
#include <atomic>

#include "self_test.h"

namespace tlslp {
namespace {

constexpr std::array<const Kernel*, 1> kKernels = {
    &kPortableKernel,
};

}  // namespace

std::span<const Kernel* const> kernels() { return kKernels; }

bool kernel_usable(std::uint32_t index) {
  enum class Verdict : std::uint8_t { kUnknown, kUsable, kUnusable };
  static std::array<std::atomic<Verdict>, kKernels.size()> verdicts{};

  // Two threads that ask at once may both run the test; they come to the same verdict.
  Verdict verdict = verdicts[index].load(std::memory_order_relaxed);
  if (verdict == Verdict::kUnknown) {
    const Kernel& kernel = *kKernels[index];
    verdict =
        kernel.supported() && passes_self_test(kernel) ? Verdict::kUsable : Verdict::kUnusable;
    verdicts[index].store(verdict, std::memory_order_relaxed);
  }
  return verdict == Verdict::kUsable;
}

std::uint32_t automatic_kernel() { return 0; }

}  // namespace tlslp
