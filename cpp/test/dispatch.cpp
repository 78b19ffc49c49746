// Checks that this processor, perhaps an emulated one, gets the kernels that it can run and no
// others, and that they find solutions.
//
//     tlslp-dispatch NAME...     the kernels that it should get, in the order of the list
#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "kernel_selector.h"
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
      const Report report = search(task);
      const bool right = ends_in_zeros(Reference().add(token).add(report.suffix).digest(), kBits);
      if (report.status != TLSLP_FOUND || !right || tlslp_kernel_usable(report.kernel) == 0) {
        return false;
      }
    }
  }
  return true;
}

bool refuses(std::uint32_t kernel) {
  tlslp_task task = task_for("token", 1);
  task.kernel = kernel;
  const Report report = search(task);
  return report.status == TLSLP_BAD_KERNEL && report.attempts == 0 && report.suffix.empty();
}

int check(std::span<char*> expected) {
  int faults = 0;
  const auto print_fault = [&](const char* kernel, const char* fault) {
    std::printf("%s: %s\n", kernel, fault);
    ++faults;
  };
  for (std::uint32_t kernel = 0; kernel < tlslp_kernel_count(); ++kernel) {
    const char* const name = tlslp_kernel_name(kernel);
    const bool wanted = std::ranges::count(expected, std::string_view(name)) == 1;
    const bool usable = tlslp_kernel_usable(kernel) == 1;
    std::printf("%s: %s\n", name, usable ? "usable" : "not usable");
    if (usable != wanted) {
      print_fault(name, "this is not as expected");
    }
    if (usable ? !finds_solutions(kernel) : !refuses(kernel)) {
      print_fault(name, usable ? "it finds a wrong solution, or none" : "it is not refused");
    }
  }
  // For few bits the last of them is selected, without a measurement.
  const std::uint32_t preferred =
      kernel_selector().select(kBits, shape_of(kTokenLength, 128)).value();
  if (tlslp_kernel_name(preferred) != std::string_view(expected.back())) {
    print_fault(tlslp_kernel_name(preferred), "it is selected, and should not be");
  }
  if (!finds_solutions(TLSLP_AUTO_KERNEL)) {
    print_fault("automatic", "it finds a wrong solution, or none");
  }
  // For many bits the kernels are measured. A search would take an emulator minutes.
  for (const std::uint32_t limit : {16U, 128U}) {
    if (!kernel_selector().usable(
            kernel_selector().select(TLSLP_MAX_BITS, shape_of(kTokenLength, limit)).value())) {
      print_fault("automatic", "it selects a kernel that cannot run");
    }
  }
  return faults == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tlslp::test

int main(int count, char** arguments) {
  return tlslp::test::check(std::span(arguments, static_cast<std::size_t>(count)).subspan(1));
}
