// That a processor, be it emulated, is given the kernels that it can run and no others, and that
// what they find is right.
//
//     tlslp-dispatch NAME...     the kernels that it should be given, in the list's order
#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "kernels.h"
#include "reference.h"
#include "support.h"

namespace tlslp::test {
namespace {

constexpr std::uint32_t kBits = 8;
constexpr std::uint32_t kTokenLength = 64;

bool finds_solutions(std::uint32_t kernel) {
  for (const std::uint32_t length : {1U, 44U, 64U, 128U}) {
    for (const std::uint32_t limit : {16U, 128U}) {
      const std::string token = token_of(length);
      tlslp_task task = task_for(token, kBits);
      task.kernel = kernel;
      task.suffix_limit = limit;
      task.threads = 2;
      const Outcome outcome = search(task);
      const bool right = ends_in_zeros(Reference().add(token).add(outcome.suffix).digest(), kBits);
      if (outcome.status != TLSLP_FOUND || !right || tlslp_kernel_usable(outcome.kernel) == 0) {
        return false;
      }
    }
  }
  return true;
}

bool refuses(std::uint32_t kernel) {
  tlslp_task task = task_for("token", 1);
  task.kernel = kernel;
  const Outcome outcome = search(task);
  return outcome.status == TLSLP_BAD_KERNEL && outcome.attempts == 0 && outcome.suffix.empty();
}

int check(std::span<char*> expected) {
  int faults = 0;
  const auto report = [&](const char* kernel, const char* fault) {
    std::printf("%s: %s\n", kernel, fault);
    ++faults;
  };
  for (std::uint32_t kernel = 0; kernel < tlslp_kernel_count(); ++kernel) {
    const char* const name = tlslp_kernel_name(kernel);
    const bool wanted = std::ranges::count(expected, std::string_view(name)) == 1;
    const bool usable = tlslp_kernel_usable(kernel) == 1;
    std::printf("%s: %s\n", name, usable ? "usable" : "not usable");
    if (usable != wanted) {
      report(name, "this is not as expected");
    }
    if (usable ? !finds_solutions(kernel) : !refuses(kernel)) {
      report(name, usable ? "what it finds is wrong" : "it is not refused");
    }
  }
  // With few bits it is the last of them, without a measurement.
  const std::uint32_t preferred = roster().automatic(kBits, shape_of(kTokenLength, 128)).value();
  if (tlslp_kernel_name(preferred) != std::string_view(expected.back())) {
    report(tlslp_kernel_name(preferred), "it is preferred, and should not be");
  }
  if (!finds_solutions(TLSLP_AUTO_KERNEL)) {
    report("automatic", "what it finds is wrong");
  }
  // With so many bits it is measured. To search for them as well would take an emulator minutes.
  for (const std::uint32_t limit : {16U, 128U}) {
    if (!roster().usable(
            roster().automatic(TLSLP_MAX_BITS, shape_of(kTokenLength, limit)).value())) {
      report("automatic", "what it measures it cannot run");
    }
  }
  return faults == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tlslp::test

int main(int count, char** arguments) {
  return tlslp::test::check(std::span(arguments, static_cast<std::size_t>(count)).subspan(1));
}
