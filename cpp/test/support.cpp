// Helpers that several tests share.
#include "support.h"

#include <algorithm>
#include <iterator>

#include "sha256.h"
#include "zero_bits.h"

namespace tlslp::test {

std::string token_of(std::uint32_t length) {
  std::string token;
  for (std::uint32_t i = 0; i < length; ++i) {
    token += static_cast<char>(i * 7 + length);
  }
  return token;
}

tlslp_task task_for(std::string_view token, std::uint32_t bits) {
  tlslp_task task{};
  task.bits = bits;
  task.threads = 1;
  task.kernel = TLSLP_AUTO_KERNEL;
  task.suffix_limit = TLSLP_MAX_SUFFIX;
  task.shard_index = 1;
  task.shard_count = 1;
  task.token_length = static_cast<std::uint32_t>(token.size());
  std::ranges::copy(bytes_of(token), std::begin(task.token));
  return task;
}

SharedMemory::SharedMemory(std::uint32_t threads) : parts_(threads + 1) {}

void SharedMemory::cancel() {
  std::atomic_ref(control()->cancel).store(1, std::memory_order_relaxed);
}

std::uint64_t SharedMemory::attempts(std::uint32_t thread) {
  return std::atomic_ref(parts_[thread + 1].counter.attempts).load(std::memory_order_relaxed);
}

std::uint64_t SharedMemory::attempts() {
  std::uint64_t sum = 0;
  for (std::uint32_t thread = 0; thread + 1 < parts_.size(); ++thread) {
    sum += attempts(thread);
  }
  return sum;
}

Report search(const tlslp_task& task) {
  SharedMemory memory(task.threads);
  tlslp_answer answer{};
  Report report;
  report.status = tlslp_search(&task, memory.control(), &answer);
  report.attempts = memory.attempts();
  report.kernel = answer.kernel;
  report.suffix.assign(std::begin(answer.suffix), std::begin(answer.suffix) + answer.suffix_length);
  return report;
}

EngineReport search(const tlslp_task& task, const Layout& layout, const Kernel& kernel) {
  std::vector<AttemptCounter> counters(task.threads);
  std::uint32_t cancel = 0;
  const SearchResult result =
      run_search({.token = std::span(task.token).first(task.token_length),
                  .layout = layout,
                  .bits = task.bits,
                  .threads = task.threads,
                  .shard = {.index = task.shard_index, .count = task.shard_count},
                  .start = task.start,
                  .kernel = kernel},
                 StopCondition(cancel, task.limit_ns), counters);
  EngineReport report;
  report.outcome = result.outcome;
  if (result.outcome == Outcome::kFound) {
    report.suffix = suffix_of(layout, result.solution);
  }
  for (const AttemptCounter& counter : counters) {
    report.attempts += counter.attempts;
  }
  return report;
}

std::string suffix_of(const Layout& layout, const Candidate& candidate) {
  std::string suffix(layout.suffix_length, '?');
  // NOLINTNEXTLINE(*reinterpret-cast*): text is bytes
  write_suffix(layout, candidate, {reinterpret_cast<std::uint8_t*>(suffix.data()), suffix.size()});
  return suffix;
}

bool solves(std::string_view token, std::string_view suffix, std::uint32_t bits) {
  std::string message(token);
  message += suffix;
  return ends_with_zero_bits(sha256(bytes_of(message)), bits);
}

Candidate candidate_of(const Layout& layout, std::string_view suffix) {
  const auto value = [&](std::size_t at) {
    return static_cast<std::uint32_t>(kAlphabet.find(suffix[at]));
  };
  Candidate candidate;
  for (std::size_t at = 0; at < suffix.size(); ++at) {
    if (at == layout.midstate_offset) {
      candidate.midstate = value(at);
    } else if (at < layout.inner_offset) {
      candidate.outer = candidate.outer * kAlphabetSize + value(at);
    } else {
      candidate.inner = candidate.inner * kAlphabetSize + value(at);
    }
  }
  return candidate;
}

}  // namespace tlslp::test
