// One search: its threads, and how it ends.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "kernel.h"
#include "keyspace.h"
#include "layout.h"
#include "stop_condition.h"

namespace tlslp {

// A search to run. All values are in their ranges, and the kernel can run on this processor.
struct SearchTask {
  std::span<const std::uint8_t> token;
  Layout layout;
  std::uint32_t bits = 0;  // how many zero bits the digest must end in
  std::uint32_t threads = 1;
  Shard shard = {};
  std::uint64_t start = 0;  // where each thread begins in its share of the keyspace
  const Kernel& kernel;
};

// Counts the candidates that one thread has hashed. It fills its cache lines, so that no two
// threads write to the same one.
struct AttemptCounter {
  std::uint64_t attempts = 0;
  std::array<std::uint64_t, 15> padding{};
};

enum class Outcome : std::uint8_t {
  kFound,
  kExhausted,  // the keyspace of the shard has no solution
  kCancelled,
  kTimedOut,
  kOutOfResources,  // a thread could not be started, and the others found no solution
};

struct SearchResult {
  Outcome outcome = Outcome::kExhausted;
  Candidate solution = {};  // if kFound
};

// Runs the search on the calling thread and threads - 1 others, until it is done or the stop
// condition is met. Each thread updates its counter in `counters` while it works. All threads have
// ended when the function returns.
SearchResult run_search(const SearchTask& task, const StopCondition& stop,
                        std::span<AttemptCounter> counters);

}  // namespace tlslp
