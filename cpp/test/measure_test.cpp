// Measurements: they count candidates, and take as long as they should.
#include <doctest/doctest.h>

#include <array>
#include <chrono>

#include "kernel_selector.h"
#include "support.h"

namespace tlslp::test {
namespace {

struct Figures {
  std::int32_t status = -1;
  std::uint64_t candidates = 0;
  std::uint64_t nanoseconds = 0;
};

Figures measure(std::uint32_t kernel, std::uint32_t threads, std::uint32_t milliseconds) {
  Figures figures;
  figures.status =
      tlslp_measure(kernel, threads, milliseconds, &figures.candidates, &figures.nanoseconds);
  return figures;
}

}  // namespace

TEST_CASE("measure: every usable kernel, and the automatic one, for the requested time") {
  const auto check = [](std::uint32_t kernel) {
    for (const std::uint32_t threads : {1U, 2U}) {
      Figures figures;
      // On a busy machine no thread may get a processor within a short time.
      for (std::uint32_t time = 50; figures.candidates == 0 && time < 20'000; time *= 4) {
        figures = measure(kernel, threads, time);
        CHECK(figures.status == 0);
        CHECK(figures.nanoseconds >= std::uint64_t{time} * 1'000'000);
      }
      CHECK(figures.candidates > 0);
    }
  };
  for (std::uint32_t i = 0; i < tlslp_kernel_count(); ++i) {
    if (tlslp_kernel_usable(i) == 1) {
      check(i);
    }
  }
  check(TLSLP_AUTO_KERNEL);
}

TEST_CASE("measure: an argument out of range is refused, and nothing is written") {
  const std::uint32_t none = tlslp_kernel_count();
  for (const auto& [kernel, threads, milliseconds] :
       {std::array{none, 1U, 1U}, std::array{0U, 0U, 1U}, std::array{0U, 1025U, 1U},
        std::array{0U, 1U, 0U}, std::array{0U, 1U, 3'600'001U}}) {
    const Figures figures = measure(kernel, threads, milliseconds);
    CHECK(figures.status == TLSLP_BAD_TASK);
    CHECK(figures.candidates == 0);
    CHECK(figures.nanoseconds == 0);
  }
}

}  // namespace tlslp::test
