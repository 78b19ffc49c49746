// What several tests need.
#include "support.h"

#include <algorithm>

#include "engine.h"
#include "sha256.h"
#include "zero_bits.h"

namespace tlslp::test {
namespace {

template <class Run>
Outcome outcome_of(const tlslp_task& task, const Run& run) {
  SharedMemory memory(task.threads);
  tlslp_answer answer{};
  Outcome outcome;
  outcome.status = run(*memory.control(), answer);
  outcome.attempts = memory.attempts();
  outcome.kernel = answer.kernel;
  outcome.suffix.assign(std::begin(answer.suffix),
                        std::begin(answer.suffix) + answer.suffix_length);
  return outcome;
}

}  // namespace

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

Outcome search(const tlslp_task& task) {
  return outcome_of(task, [&](tlslp_control& control, tlslp_answer& answer) {
    return tlslp_search(&task, &control, &answer);
  });
}

Outcome search(const tlslp_task& task, const Layout& layout, const Kernel& kernel) {
  return outcome_of(task, [&](tlslp_control& control, tlslp_answer& answer) {
    // The counters follow the control.
    // NOLINTNEXTLINE(*reinterpret-cast*): as the interface has it
    auto* const counters = reinterpret_cast<tlslp_counter*>(&control + 1);
    const Halt halt(control.cancel, task.limit_ns);
    return run_search(task, layout, kernel, halt, {counters, task.threads}, answer);
  });
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
    if (at == layout.group_offset) {
      candidate.group = value(at);
    } else if (at < layout.inner_offset) {
      candidate.outer = candidate.outer * kAlphabetSize + value(at);
    } else {
      candidate.inner = candidate.inner * kAlphabetSize + value(at);
    }
  }
  return candidate;
}

}  // namespace tlslp::test
