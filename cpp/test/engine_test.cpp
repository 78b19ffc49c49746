// What the engine makes of a kernel's claims, with kernels that are made for the purpose.
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
  return std::uint64_t{slice.rows} * kAlphabetSize * sweep.entry_count;
}

// Sees no candidate that would do.
Kernel blind_kernel() {
  Kernel kernel = kPortableKernel;
  kernel.search = [](const Sweep& sweep, const Slice& slice, Judge&) {
    return candidates_in(sweep, slice);
  };
  return kernel;
}

}  // namespace

TEST_CASE("engine: a kernel that claims everything still finds only solutions") {
  Kernel liar = kPortableKernel;
  liar.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
    Sweep easy = sweep;
    easy.last_mask = 0;
    return kPortableKernel.search(easy, slice, judge);
  };
  const tlslp_task task = task_for("claims", 10);
  const Layout layout = choose_layout(6, 128);
  const Outcome honest = search(task, layout, kPortableKernel);
  const Outcome outcome = search(task, layout, liar);
  CHECK(outcome.status == TLSLP_FOUND);
  CHECK(solves("claims", outcome.suffix, 10));
  // It tries the same candidates in the same order.
  CHECK(outcome.suffix == honest.suffix);
  CHECK(outcome.attempts == honest.attempts);
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
      const Outcome outcome = search(task, layout, blind_kernel());
      CHECK(outcome.status == TLSLP_EXHAUSTED);
      CHECK(outcome.attempts == all);
    }
  }
}

TEST_CASE("engine: a group of any size is swept whole") {
  Layout layout = choose_layout(10, 128);
  layout.outer_count = 1;
  const std::uint64_t sweep = std::uint64_t{kRowCount} * kAlphabetSize;
  for (const std::uint32_t group : {1U, 7U, 60U, 64U}) {
    Kernel kernel = blind_kernel();
    kernel.group = group;
    const Outcome outcome = search(task_for("ten bytes.", 64), layout, kernel);
    CHECK(outcome.status == TLSLP_EXHAUSTED);
    CHECK(outcome.attempts == 64 * sweep * group);
  }
}

TEST_CASE("engine: the attempts of one thread are the candidates up to the hit, exactly") {
  // The portable kernel hashes four neighbouring inner values at a time, for one midstate after the
  // other. Counts the same candidates with the plain hash.
  constexpr std::uint32_t kBatch = 4;
  for (const std::uint32_t limit : {16U, 128U}) {
    for (std::uint64_t start = 0; start < (kSlow ? 5 : 50); ++start) {
      tlslp_task task = task_for("count", 11);
      task.suffix_limit = limit;
      task.start = start;
      const Layout layout = choose_layout(5, limit);
      const Outcome outcome = search(task, layout, kPortableKernel);
      REQUIRE(outcome.status == TLSLP_FOUND);

      const std::uint32_t group = layout.group_offset ? kPortableKernel.group : 1;
      const auto solves_at = [&](std::uint64_t number) {
        const std::uint64_t batch = number / kBatch;
        const Candidate candidate = {
            .outer = start,
            .group = static_cast<std::uint32_t>(batch % group),
            .inner = static_cast<std::uint32_t>(batch / group * kBatch + number % kBatch)};
        return ends_with_zero_bits(digest_of(bytes_of("count"), layout, candidate), 11);
      };
      std::uint64_t number = 0;
      while (!solves_at(number)) {
        ++number;
      }
      CHECK(outcome.attempts == (number / kBatch + 1) * kBatch);
    }
  }
}

TEST_CASE("engine: between two looks at whether to stop there are few candidates") {
  static constexpr std::uint64_t kMost = 4096;
  static std::uint64_t largest;
  for (const std::uint32_t limit : {16U, 128U}) {
    for (std::uint32_t group = 1; group <= kAlphabetSize; ++group) {
      largest = 0;
      Kernel kernel = kPortableKernel;
      kernel.group = group;
      kernel.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
        const std::uint64_t candidates = candidates_in(sweep, slice);
        largest = std::max(largest, candidates);
        judge.accepts(0, slice.first_row * kAlphabetSize);
        return candidates;
      };
      CHECK(search(task_for("slices", 0), choose_layout(6, limit), kernel).status == TLSLP_FOUND);
      CAPTURE(limit);
      CAPTURE(group);
      CHECK(largest > 0);
      CHECK(largest <= kMost);
    }
  }
}

TEST_CASE("engine: when one thread finds, all stop") {
  // Only the thread that sweeps the outer value 1 is told of a hit.
  tlslp_task task = task_for("threads", 0);
  task.threads = 4;
  static constexpr std::uint32_t kNeedle = 12345;
  Kernel kernel = kPortableKernel;
  kernel.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
    const std::uint32_t row = kNeedle / kAlphabetSize;
    const bool holds = row >= slice.first_row && row < slice.first_row + slice.rows;
    if (holds) {
      judge.accepts(0, kNeedle);
    }
    return candidates_in(sweep, slice);
  };
  const Layout layout = choose_layout(7, 128);
  const Outcome outcome = search(task, layout, kernel);
  CHECK(outcome.status == TLSLP_FOUND);
  const Candidate candidate = candidate_of(layout, outcome.suffix);
  CHECK(candidate.inner == kNeedle);
  CHECK(candidate.outer < task.threads);
}

#ifdef __linux__
// Searches with more threads than there is room for: a few stacks' worth is left. (A sanitizer's
// own memory leaves no such room to take away, and an emulator takes none away.)
template <class Search>
Outcome search_with_little_room(tlslp_task task, const Search& search) {
  task.threads = TLSLP_MAX_THREADS;
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_AS, &before) == 0);
  rlimit little = before;
  little.rlim_cur = rlim_t{256} << 20U;
  REQUIRE(setrlimit(RLIMIT_AS, &little) == 0);
  const Outcome outcome = search(task);
  REQUIRE(setrlimit(RLIMIT_AS, &before) == 0);
  return outcome;
}

TEST_CASE("engine: when a thread cannot be started the others end, and it says so" *
          doctest::skip(kSlow)) {
  const Outcome outcome = search_with_little_room(
      task_for("token", TLSLP_MAX_BITS), [](const tlslp_task& task) { return search(task); });
  CHECK(outcome.status == TLSLP_OUT_OF_RESOURCES);

  // Nothing is left of it that would disturb the next one.
  CHECK(search(task_for("token", 8)).status == TLSLP_FOUND);
}

TEST_CASE(
    "engine: when a thread cannot be started, what another has found meanwhile is the answer" *
    doctest::skip(kSlow)) {
  static std::atomic<bool> accepted;
  accepted = false;
  Kernel kernel = kPortableKernel;
  kernel.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
    accepted = judge.accepts(0, slice.first_row * kAlphabetSize) || accepted;
    return candidates_in(sweep, slice);
  };
  const Layout layout = choose_layout(5, 128);
  // The first thread has as long as it takes to start the others, and that may not be enough.
  for (int i = 0; i < 1000 && !accepted; ++i) {
    const Outcome outcome = search_with_little_room(
        task_for("token", 0), [&](const tlslp_task& task) { return search(task, layout, kernel); });
    CHECK(outcome.status == (accepted ? TLSLP_FOUND : TLSLP_OUT_OF_RESOURCES));
    CHECK(outcome.suffix.empty() == !accepted);
  }
  CHECK(accepted);
}

TEST_CASE("engine: once a search is over no more threads are started" * doctest::skip(kSlow)) {
  tlslp_task task = task_for("token", TLSLP_MAX_BITS);
  task.limit_ns = 1;
  const Layout layout = choose_layout(5, 128);
  const Outcome outcome = search_with_little_room(
      task, [&](const tlslp_task& many) { return search(many, layout, kPortableKernel); });
  CHECK(outcome.status == TLSLP_TIMED_OUT);
}
#endif

TEST_CASE("engine: as many threads as are allowed") {
  tlslp_task task = task_for("many", 14);
  task.threads = kSlow ? 64 : TLSLP_MAX_THREADS;
  const Outcome outcome = search(task);
  CHECK(outcome.status == TLSLP_FOUND);
  CHECK(solves("many", outcome.suffix, 14));
}

}  // namespace tlslp::test
