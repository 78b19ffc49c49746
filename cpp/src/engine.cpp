// The threads of a search, and the loop that each of them runs: outer value, sweep, slice.
#include "engine.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#include "candidate.h"
#include "keyspace.h"
#include "sweep.h"
#include "zero_bits.h"

#ifdef __linux__
#include <sys/resource.h>
#endif

namespace tlslp {
namespace {

// Candidates between two looks at whether to stop: half a microsecond's work each on the slowest
// processor would still be 2 ms.
constexpr std::uint32_t kSliceCandidates = 4096;

// What the threads of one search share.
class Search {
 public:
  Search(const tlslp_task& task, const Layout& layout, const Kernel& kernel, const Halt& halt,
         std::span<tlslp_counter> counters, tlslp_answer& answer)
      : task_(task),
        token_(std::span(task.token).first(task.token_length)),
        layout_(layout),
        kernel_(kernel),
        halt_(halt),
        counters_(counters),
        answer_(answer) {}

  // One thread's whole work.
  void work(std::uint32_t thread) noexcept;

  // Makes every thread stop.
  void stop() { stop_.store(true, std::memory_order_relaxed); }

  bool stopping() const { return stop_.load(std::memory_order_relaxed) || halt_.due(); }

  // How it ended; once every thread has. What was found counts, even without all threads.
  tlslp_status status(bool complete) const {
    if (found_.load(std::memory_order_relaxed)) {
      return TLSLP_FOUND;
    }
    if (!complete) {
      return TLSLP_OUT_OF_RESOURCES;
    }
    if (halt_.cancelled()) {
      return TLSLP_CANCELLED;
    }
    return halt_.late() ? TLSLP_TIMED_OUT : TLSLP_EXHAUSTED;
  }

 private:
  // Takes the candidate for the answer if it is one; the first one counts.
  bool accept(const Candidate& candidate);

  const tlslp_task& task_;
  std::span<const std::uint8_t> token_;
  const Layout& layout_;
  const Kernel& kernel_;
  const Halt& halt_;
  std::span<tlslp_counter> counters_;
  tlslp_answer& answer_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> found_ = false;
};

bool Search::accept(const Candidate& candidate) {
  if (!ends_with_zero_bits(digest_of(token_, layout_, candidate), task_.bits)) {
    return false;
  }
  if (!found_.exchange(true, std::memory_order_relaxed)) {
    answer_.suffix_length = layout_.suffix_length;
    write_suffix(layout_, candidate, answer_.suffix);
  }
  stop();
  return true;
}

// Lets everybody else go first. (On Linux this is a property of the thread: setpriority(2), Bugs.)
void yield_to_others() {
#ifdef __linux__
  constexpr int kLowest = 19;
  setpriority(PRIO_PROCESS, 0, kLowest);
#endif
}

void Search::work(std::uint32_t thread) noexcept {
  // More threads than processors take turns: they must not keep the program from hearing a signal.
  if (thread > 0 && thread >= std::thread::hardware_concurrency()) {
    yield_to_others();
  }

  class SweepJudge final : public Judge {
   public:
    SweepJudge(Search& search, uint128 outer) : search_(search), outer_(outer) {}

    bool accepts(std::uint32_t entry, std::uint32_t inner) override {
      return search_.accept({.outer = outer_, .group = entry, .inner = inner});
    }

   private:
    Search& search_;
    uint128 outer_;
  };

  const Share share = {.shard_index = task_.shard_index,
                       .shard_count = task_.shard_count,
                       .thread = thread,
                       .threads = task_.threads};
  OuterValues outers(outer_total(layout_), share, task_.start);
  const std::atomic_ref attempts(counters_[thread].attempts);
  std::uint64_t hashed = 0;
  Sweep sweep;

  while (const auto outer = outers.next()) {
    if (stopping()) {
      return;
    }
    prepare(sweep, token_, layout_, *outer, kernel_.group, task_.bits);
    SweepJudge judge(*this, *outer);
    const std::uint32_t rows = std::max(1U, kSliceCandidates / (kAlphabetSize * sweep.entry_count));
    for (std::uint32_t row = 0; row < kRowCount; row += rows) {
      if (stopping()) {
        return;
      }
      const Slice slice = {.first_row = row, .rows = std::min(rows, kRowCount - row)};
      hashed += kernel_.search(sweep, slice, judge);
      attempts.store(hashed, std::memory_order_relaxed);
    }
  }
}

}  // namespace

tlslp_status run_search(const tlslp_task& task, const Layout& layout, const Kernel& kernel,
                        const Halt& halt, std::span<tlslp_counter> counters, tlslp_answer& answer) {
  Search search(task, layout, kernel, halt, counters, answer);
  bool complete = true;
  std::vector<std::thread> others;
  try {
    others.reserve(task.threads - 1);
    // To start very many takes longer than some searches.
    for (std::uint32_t thread = 1; thread < task.threads && !search.stopping(); ++thread) {
      others.emplace_back(&Search::work, &search, thread);
    }
  } catch (const std::exception&) {  // no thread to be had, or no memory for one
    complete = false;
    search.stop();
  }
  search.work(0);
  for (std::thread& other : others) {
    other.join();
  }
  return search.status(complete);
}

}  // namespace tlslp
