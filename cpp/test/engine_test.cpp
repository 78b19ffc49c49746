// How the engine handles hits, with kernels made for these tests.
#include "engine.h"

#include <doctest/doctest.h>

#ifdef __linux__
#include <sys/resource.h>
#endif

#include <algorithm>
#include <atomic>

#include "candidate.h"
#include "keyspace.h"
#include "support.h"
#include "zero_bits.h"

namespace tlslp::test {
namespace {

std::uint64_t candidates_in(const Sweep& sweep, const Slice& slice) {
  return std::uint64_t{slice.rows} * kAlphabetSize * sweep.midstate_count;
}

// Returns a kernel that has no hits.
Kernel blind_kernel() {
  Kernel kernel = kPortableKernel;
  kernel.search = [](const Sweep& sweep, const Slice& slice, HitHandler&) {
    return candidates_in(sweep, slice);
  };
  return kernel;
}

}  // namespace

TEST_CASE("engine: with a kernel whose every candidate is a hit, it still finds only solutions") {
  Kernel faulty = kPortableKernel;
  faulty.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    Sweep easy = sweep;
    easy.last_mask = 0;
    return kPortableKernel.search(easy, slice, handler);
  };
  const tlslp_task task = task_for("hits", 10);
  const Layout layout = choose_layout(4, 128);
  const EngineReport expected = search(task, layout, kPortableKernel);
  const EngineReport report = search(task, layout, faulty);
  CHECK(report.outcome == Outcome::kFound);
  CHECK(solves("hits", report.suffix, 10));
  // It tries the same candidates in the same order.
  CHECK(report.suffix == expected.suffix);
  CHECK(report.attempts == expected.attempts);
}

TEST_CASE("engine: a search ends when every candidate has been tried, each once") {
  Layout layout = choose_layout(10, 16);
  layout.outer_count = 1;
  const std::uint64_t all = std::uint64_t{64} * kRowCount * kAlphabetSize;
  for (const std::uint32_t threads : {1U, 3U, 100U}) {
    for (const std::uint64_t start : {std::uint64_t{0}, ~std::uint64_t{0}}) {
      tlslp_task task = task_for("ten bytes.", 64);
      task.threads = threads;
      task.start = start;
      const EngineReport report = search(task, layout, blind_kernel());
      CHECK(report.outcome == Outcome::kExhausted);
      CHECK(report.attempts == all);
    }
  }
}

TEST_CASE("engine: it searches every candidate with a group of any size") {
  Layout layout = choose_layout(10, 128);
  layout.outer_count = 1;
  const std::uint64_t sweep = std::uint64_t{kRowCount} * kAlphabetSize;
  for (const std::uint32_t group : {1U, 7U, 60U, 64U}) {
    Kernel kernel = blind_kernel();
    kernel.group_size = group;
    const EngineReport report = search(task_for("ten bytes.", 64), layout, kernel);
    CHECK(report.outcome == Outcome::kExhausted);
    CHECK(report.attempts == 64 * sweep * group);
  }
}

TEST_CASE("engine: the attempts of one thread are exactly the candidates up to the solution") {
  // The portable kernel hashes four neighbouring inner values at a time, for one midstate after the
  // other. The test counts the same candidates with the plain hash.
  constexpr std::uint32_t kBatch = 4;
  for (const std::uint32_t limit : {16U, 128U}) {
    for (std::uint64_t start = 0; start < (kSlow ? 5 : 50); ++start) {
      tlslp_task task = task_for("count", 11);
      task.suffix_limit = limit;
      task.start = start;
      const Layout layout = choose_layout(5, limit);
      const EngineReport report = search(task, layout, kPortableKernel);
      REQUIRE(report.outcome == Outcome::kFound);

      const std::uint32_t group = layout.midstate_offset ? kPortableKernel.group_size : 1;
      const auto solves_at = [&](std::uint64_t number) {
        const std::uint64_t batch = number / kBatch;
        const Candidate candidate = {
            .outer = start,
            .midstate = static_cast<std::uint32_t>(batch % group),
            .inner = static_cast<std::uint32_t>(batch / group * kBatch + number % kBatch)};
        return ends_with_zero_bits(digest_of(bytes_of("count"), layout, candidate), 11);
      };
      std::uint64_t number = 0;
      while (!solves_at(number)) {
        ++number;
      }
      CHECK(report.attempts == (number / kBatch + 1) * kBatch);
    }
  }
}

TEST_CASE("engine: it hashes few candidates before it looks at the stop condition again") {
  static constexpr std::uint64_t kMost = 4096;
  static std::uint64_t largest;
  for (const std::uint32_t limit : {16U, 128U}) {
    for (std::uint32_t group = 1; group <= kAlphabetSize; ++group) {
      largest = 0;
      Kernel kernel = kPortableKernel;
      kernel.group_size = group;
      kernel.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
        const std::uint64_t candidates = candidates_in(sweep, slice);
        largest = std::max(largest, candidates);
        handler.accept(0, slice.first_row * kAlphabetSize);
        return candidates;
      };
      CHECK(search(task_for("slices", 0), choose_layout(6, limit), kernel).outcome ==
            Outcome::kFound);
      CAPTURE(limit);
      CAPTURE(group);
      CHECK(largest > 0);
      CHECK(largest <= kMost);
    }
  }
}

TEST_CASE("engine: when one thread finds a solution, all threads stop") {
  // Each sweep has one hit, at the same inner value.
  tlslp_task task = task_for("threads", 0);
  task.threads = 4;
  static constexpr std::uint32_t kNeedle = 12345;
  Kernel kernel = kPortableKernel;
  kernel.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    const std::uint32_t row = kNeedle / kAlphabetSize;
    const bool holds = row >= slice.first_row && row < slice.first_row + slice.rows;
    if (holds) {
      handler.accept(0, kNeedle);
    }
    return candidates_in(sweep, slice);
  };
  const Layout layout = choose_layout(7, 128);
  const EngineReport report = search(task, layout, kernel);
  CHECK(report.outcome == Outcome::kFound);
  const Candidate candidate = candidate_of(layout, report.suffix);
  CHECK(candidate.inner == kNeedle);
  CHECK(candidate.outer < task.threads);
}

#ifdef __linux__
// Searches with more threads than there is memory for: a few stacks fit. (With a sanitizer or an
// emulator this limit does not work.)
template <class Search>
auto search_with_little_memory(tlslp_task task, const Search& search) {
  task.threads = TLSLP_MAX_THREADS;
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_AS, &before) == 0);
  rlimit little = before;
  little.rlim_cur = rlim_t{256} << 20U;
  REQUIRE(setrlimit(RLIMIT_AS, &little) == 0);
  const auto report = search(task);
  REQUIRE(setrlimit(RLIMIT_AS, &before) == 0);
  return report;
}

TEST_CASE("engine: when a thread cannot be started, the others end and it reports this" *
          doctest::skip(kSlow)) {
  const Report report = search_with_little_memory(
      task_for("token", TLSLP_MAX_BITS), [](const tlslp_task& task) { return search(task); });
  CHECK(report.status == TLSLP_OUT_OF_RESOURCES);

  // The next search works again.
  CHECK(search(task_for("token", 8)).status == TLSLP_FOUND);
}

TEST_CASE(
    "engine: when a thread cannot be started, a solution that another has found still counts" *
    doctest::skip(kSlow)) {
  static std::atomic<bool> accepted;
  accepted = false;
  Kernel kernel = kPortableKernel;
  kernel.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    if (handler.accept(0, slice.first_row * kAlphabetSize)) {
      accepted = true;
    }
    return candidates_in(sweep, slice);
  };
  const Layout layout = choose_layout(5, 128);
  // Sometimes the others fail to start before the first thread finds the solution: try again.
  for (int i = 0; i < 1000 && !accepted; ++i) {
    const EngineReport report = search_with_little_memory(
        task_for("token", 0), [&](const tlslp_task& task) { return search(task, layout, kernel); });
    CHECK(report.outcome == (accepted ? Outcome::kFound : Outcome::kOutOfResources));
    CHECK(report.suffix.empty() == !accepted);
  }
  CHECK(accepted);
}

TEST_CASE("engine: when a search is over, it starts no more threads" * doctest::skip(kSlow)) {
  tlslp_task task = task_for("token", TLSLP_MAX_BITS);
  task.limit_ns = 1;
  const Layout layout = choose_layout(5, 128);
  const EngineReport report = search_with_little_memory(
      task, [&](const tlslp_task& many) { return search(many, layout, kPortableKernel); });
  CHECK(report.outcome == Outcome::kTimedOut);
}
#endif

TEST_CASE("engine: the greatest number of threads") {
  tlslp_task task = task_for("many", 14);
  task.threads = kSlow ? 64 : TLSLP_MAX_THREADS;
  const Report report = search(task);
  CHECK(report.status == TLSLP_FOUND);
  CHECK(solves("many", report.suffix, 14));
}

}  // namespace tlslp::test
