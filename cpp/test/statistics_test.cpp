// Whether kernels try every candidate that they count, by how many a solution takes on average; and
// whether that average shows a kernel that does not.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "claims.h"
#include "layout.h"
#include "support.h"

namespace tlslp::test {
namespace {

constexpr std::uint32_t kBits = 12;
constexpr std::uint32_t kMostStreams = 6;  // of any kernel's

// How many searches show that one lane of so many is dead: it makes the mean lanes / (lanes - 1),
// which is more than six standard errors away.
struct Sample {
  std::uint32_t searches;
  std::uint32_t lanes;
};

// The portable kernel is slow and has four lanes.
Sample sample_for(const Kernel& kernel) {
  if (kSlow) {
    return {.searches = 50, .lanes = 2};
  }
  return kernel.name == kPortableKernel.name ? Sample{.searches = 2'000, .lanes = 4}
                                             : Sample{.searches = 10'000, .lanes = 16};
}

// How many standard errors the mean of attempts / 2^bits is away from 1. The attempts are
// geometrically distributed: their mean and their deviation are both 2^bits.
double distance(const Kernel& kernel, std::uint32_t limit) {
  const double searches = sample_for(kernel).searches;
  const Layout layout = choose_layout(4, limit);
  tlslp_task task = task_for("mean", kBits);
  std::mt19937_64 random(2024);
  std::uint64_t attempts = 0;
  for (std::uint32_t i = 0; i < sample_for(kernel).searches; ++i) {
    task.start = random();
    const Outcome outcome = search(task, layout, kernel);
    REQUIRE(outcome.status == TLSLP_FOUND);
    attempts += outcome.attempts;
  }
  const double mean = static_cast<double>(attempts) / searches / (1U << kBits);
  return std::abs(mean - 1) * std::sqrt(searches);
}

bool is_complete(const Kernel& kernel, std::uint32_t limit) { return distance(kernel, limit) < 3; }

// The kernel, counting as it does, but with no result for one lane: the last of so many
// neighbouring inner values, or for one stream: the last of so many neighbouring midstates.
Kernel with_dead_lane(const Kernel& kernel, std::uint32_t lanes, std::uint32_t streams) {
  struct Fault {
    const Kernel* kernel;
    std::uint32_t lanes;
    std::uint32_t streams;
  };
  static Fault fault;
  class Survivors final : public Judge {
   public:
    explicit Survivors(Judge& judge) : judge_(judge) {}

    bool accepts(std::uint32_t entry, std::uint32_t inner) override {
      const bool dead =
          inner % fault.lanes == fault.lanes - 1 && entry % fault.streams == fault.streams - 1;
      return !dead && judge_.accepts(entry, inner);
    }

   private:
    Judge& judge_;
  };
  fault = {&kernel, lanes, streams};
  Kernel broken = kernel;
  broken.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
    Survivors survivors(judge);
    return fault.kernel->search(sweep, slice, survivors);
  };
  return broken;
}

}  // namespace

TEST_CASE("statistics: the attempts are as many as the difficulty says, on average") {
  for_every_kernel([](const Kernel& kernel) {
    CAPTURE(std::string(kernel.name));
    for (const std::uint32_t limit : {20U, 128U}) {
      CAPTURE(limit);
      CHECK(is_complete(kernel, limit));
    }
  });
}

TEST_CASE("statistics: a dead lane shows in the average") {
  if (kSlow) {
    MESSAGE("so few searches show one dead lane of two only, not of sixteen");
  }
  for_every_kernel([](const Kernel& kernel) {
    CAPTURE(std::string(kernel.name));
    const std::uint32_t lanes = sample_for(kernel).lanes;
    CHECK_FALSE(is_complete(with_dead_lane(kernel, lanes, 1), 128));
  });
}

TEST_CASE("statistics: a dead stream shows in the average") {
  for_every_kernel([](const Kernel& kernel) {
    CAPTURE(std::string(kernel.name));
    const std::uint32_t streams = std::min(sample_for(kernel).lanes, kMostStreams);
    CHECK_FALSE(is_complete(with_dead_lane(kernel, 1, streams), 128));
  });
}

}  // namespace tlslp::test
