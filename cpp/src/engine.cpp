// The threads of a search. Each of them takes outer values one by one, and searches the sweep of
// each outer value slice by slice.
#include "engine.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#include "candidate.h"
#include "sweep.h"
#include "zero_bits.h"

#ifdef __linux__
#include <sys/resource.h>
#endif

namespace tlslp {
namespace {

// The most candidates that a thread hashes before it looks at the stop condition again. At half a
// microsecond per candidate, on the slowest processor, that is 2 ms.
constexpr std::uint32_t kSliceCandidates = 4096;

// The state that the threads of one search share.
class Search {
 public:
  Search(const SearchTask& task, const StopCondition& stop, std::span<AttemptCounter> counters)
      : task_(task), stop_condition_(stop), counters_(counters) {}

  // Runs one thread's part of the search, to its end.
  void work(std::uint32_t thread) noexcept;

  // Makes every thread stop.
  void stop() { stopped_.store(true, std::memory_order_relaxed); }

  bool stopping() const {
    return stopped_.load(std::memory_order_relaxed) || stop_condition_.met();
  }

  // Stores the candidate and stops the search if it is a solution, and returns whether it is. Of
  // several solutions the first one stored counts.
  bool accept(const Candidate& candidate);

  // Returns how the search ended; call it when every thread has ended. A solution counts even if
  // not every thread could be started.
  SearchResult result(bool all_started) const {
    if (found_.load(std::memory_order_relaxed)) {
      return {.outcome = Outcome::kFound, .solution = solution_};
    }
    if (!all_started) {
      return {.outcome = Outcome::kOutOfResources};
    }
    if (stop_condition_.cancelled()) {
      return {.outcome = Outcome::kCancelled};
    }
    return {.outcome = stop_condition_.timed_out() ? Outcome::kTimedOut : Outcome::kExhausted};
  }

 private:
  const SearchTask& task_;
  const StopCondition& stop_condition_;
  std::span<AttemptCounter> counters_;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> found_ = false;
  Candidate solution_;
};

bool Search::accept(const Candidate& candidate) {
  if (!ends_with_zero_bits(digest_of(task_.token, task_.layout, candidate), task_.bits)) {
    return false;
  }
  if (!found_.exchange(true, std::memory_order_relaxed)) {
    solution_ = candidate;
  }
  stop();
  return true;
}

// Gives the calling thread the lowest priority. (On Linux priority is a property of the thread, not
// of the process: setpriority(2), Bugs.)
void lower_priority() {
#ifdef __linux__
  constexpr int kLowest = 19;
  setpriority(PRIO_PROCESS, 0, kLowest);
#endif
}

void Search::work(std::uint32_t thread) noexcept {
  // With more threads than processors, the caller's other threads must still get their turn: one of
  // them may have to handle a signal.
  if (thread > 0 && thread >= std::thread::hardware_concurrency()) {
    lower_priority();
  }

  class SweepHandler final : public HitHandler {
   public:
    SweepHandler(Search& search, uint128 outer) : search_(search), outer_(outer) {}

    bool accept(std::uint32_t midstate, std::uint32_t inner) override {
      return search_.accept({.outer = outer_, .midstate = midstate, .inner = inner});
    }

   private:
    Search& search_;
    uint128 outer_;
  };

  const Kernel& kernel = task_.kernel;
  const Share share = {.shard = task_.shard, .thread = thread, .threads = task_.threads};
  OuterValues outers(outer_total(task_.layout), share, task_.start);
  const std::atomic_ref attempts(counters_[thread].attempts);
  std::uint64_t hashed = 0;
  Sweep sweep;

  while (const auto outer = outers.next()) {
    if (stopping()) {
      return;
    }
    prepare(sweep, task_.token, task_.layout, *outer, kernel.group_size, task_.bits);
    SweepHandler handler(*this, *outer);
    const std::uint32_t rows =
        std::max(1U, kSliceCandidates / (kAlphabetSize * sweep.midstate_count));
    for (std::uint32_t row = 0; row < kRowCount; row += rows) {
      if (stopping()) {
        return;
      }
      const Slice slice = {.first_row = row, .rows = std::min(rows, kRowCount - row)};
      hashed += kernel.search(sweep, slice, handler);
      attempts.store(hashed, std::memory_order_relaxed);
    }
  }
}

}  // namespace

SearchResult run_search(const SearchTask& task, const StopCondition& stop,
                        std::span<AttemptCounter> counters) {
  Search search(task, stop, counters);
  bool all_started = true;
  std::vector<std::thread> others;
  try {
    others.reserve(task.threads - 1);
    // The search may be over before a thousand threads have started.
    for (std::uint32_t thread = 1; thread < task.threads && !search.stopping(); ++thread) {
      others.emplace_back(&Search::work, &search, thread);
    }
  } catch (const std::exception&) {  // the system refused a thread, or memory for one
    all_started = false;
    search.stop();
  }
  search.work(0);
  for (std::thread& other : others) {
    other.join();
  }
  return search.result(all_started);
}

}  // namespace tlslp
