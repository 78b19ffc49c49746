// Checks that kernels try every candidate that they count: a solution must take as many attempts on
// average as the number of bits predicts. And checks that this average would show a faulty kernel.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "hits.h"
#include "layout.h"
#include "support.h"

namespace tlslp::test {
namespace {

constexpr std::uint32_t kBits = 12;
constexpr std::uint32_t kMostStreams = 6;  // of any kernel

// How many searches show that one of `lanes` lanes is dead: the mean is then lanes / (lanes - 1)
// times as large, which is more than six standard errors away.
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

// Returns how many standard errors the mean of attempts / 2^bits is away from 1. Attempts have a
// geometric distribution: their mean and their standard deviation are both 2^bits.
double distance(const Kernel& kernel, std::uint32_t limit) {
  const double searches = sample_for(kernel).searches;
  const Layout layout = choose_layout(4, limit);
  tlslp_task task = task_for("mean", kBits);
  std::mt19937_64 random(2024);
  std::uint64_t attempts = 0;
  for (std::uint32_t i = 0; i < sample_for(kernel).searches; ++i) {
    task.start = random();
    const EngineReport report = search(task, layout, kernel);
    REQUIRE(report.outcome == Outcome::kFound);
    attempts += report.attempts;
  }
  const double mean = static_cast<double>(attempts) / searches / (1U << kBits);
  return std::abs(mean - 1) * std::sqrt(searches);
}

bool is_complete(const Kernel& kernel, std::uint32_t limit) { return distance(kernel, limit) < 3; }

// Returns a kernel that counts as this one does but drops the hits of one lane (the last of `lanes`
// neighbouring inner values) or of one stream (the last of `streams` neighbouring midstates).
Kernel with_dead_lane(const Kernel& kernel, std::uint32_t lanes, std::uint32_t streams) {
  struct Fault {
    const Kernel* kernel;
    std::uint32_t lanes;
    std::uint32_t streams;
  };
  static Fault fault;
  class WorkingLanes final : public HitHandler {
   public:
    explicit WorkingLanes(HitHandler& handler) : handler_(handler) {}

    bool accept(std::uint32_t midstate, std::uint32_t inner) override {
      const bool dead =
          inner % fault.lanes == fault.lanes - 1 && midstate % fault.streams == fault.streams - 1;
      return !dead && handler_.accept(midstate, inner);
    }

   private:
    HitHandler& handler_;
  };
  fault = {&kernel, lanes, streams};
  Kernel broken = kernel;
  broken.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    WorkingLanes working_lanes(handler);
    return fault.kernel->search(sweep, slice, working_lanes);
  };
  return broken;
}

}  // namespace

TEST_CASE("statistics: on average a solution takes 2^bits attempts") {
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
    MESSAGE("so few searches show only one dead lane of two, not one of sixteen");
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
