// That a processor, be it emulated, is given the kernels that it can run and no others, and that
// what they find is right.
//
//     tlslp-dispatch NAME...     the kernels that it should be given
#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "reference.h"
#include "support.h"

namespace tlslp::test {
namespace {

constexpr std::uint32_t kFewBits = 8;
constexpr std::uint32_t kManyBits = 14;  // enough that the automatic choice measures

bool finds_solutions(std::uint32_t kernel, std::uint32_t bits) {
  for (const std::uint32_t length : {1U, 44U, 64U, 128U}) {
    for (const std::uint32_t limit : {16U, 128U}) {
      const std::string token = token_of(length);
      tlslp_task task = task_for(token, bits);
      task.kernel = kernel;
      task.suffix_limit = limit;
      task.threads = 2;
      const Outcome outcome = search(task);
      const bool right = ends_in_zeros(Reference().add(token).add(outcome.suffix).digest(), bits);
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
    if (usable ? !finds_solutions(kernel, kFewBits) : !refuses(kernel)) {
      report(name, usable ? "what it finds is wrong" : "it is not refused");
    }
  }
  for (const std::uint32_t bits : {kFewBits, kManyBits}) {
    if (!finds_solutions(TLSLP_AUTO_KERNEL, bits)) {
      report("automatic", "what it finds is wrong");
    }
  }
  return faults == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tlslp::test

int main(int count, char** arguments) {
  return tlslp::test::check(std::span(arguments, static_cast<std::size_t>(count)).subspan(1));
}
