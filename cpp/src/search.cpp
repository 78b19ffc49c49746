// The C interface: checks its arguments, converts them, and calls the engine.
#include "tlslp/search.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "engine.h"
#include "kernel_selector.h"
#include "keyspace.h"
#include "layout.h"
#include "measure.h"
#include "stop_condition.h"
#include "zero_bits.h"

namespace {

static_assert(TLSLP_MAX_TOKEN == tlslp::kMaxTokenLength);
static_assert(TLSLP_MIN_SUFFIX_LIMIT == tlslp::kMinSuffixLimit);
static_assert(TLSLP_MAX_SUFFIX == tlslp::kMaxSuffixLength);
static_assert(TLSLP_MAX_BITS == tlslp::kMaxBits);

// The engine counts directly in the memory that the caller reads.
static_assert(sizeof(tlslp_counter) == sizeof(tlslp::AttemptCounter));
static_assert(offsetof(tlslp_counter, attempts) == offsetof(tlslp::AttemptCounter, attempts));

constexpr bool within(std::uint32_t value, std::uint32_t least, std::uint32_t most) {
  return value >= least && value <= most;
}

bool valid_kernel(std::uint32_t kernel) {
  return kernel < tlslp_kernel_count() || kernel == TLSLP_AUTO_KERNEL;
}

bool valid(const tlslp_task& task) {
  const bool shard = within(task.shard_index, 1, task.shard_count);
  const bool lengths = within(task.token_length, 1, TLSLP_MAX_TOKEN) &&
                       within(task.suffix_limit, TLSLP_MIN_SUFFIX_LIMIT, TLSLP_MAX_SUFFIX);
  return valid_kernel(task.kernel) && shard && lengths && task.bits <= TLSLP_MAX_BITS &&
         within(task.threads, 1, TLSLP_MAX_THREADS) && task.reserved == 0;
}

// Puts the index of a usable kernel into `kernel` if that is TLSLP_AUTO_KERNEL, and tests the
// kernel. Returns TLSLP_FOUND on success.
tlslp_status choose(std::uint32_t& kernel, std::uint32_t bits, const tlslp::Shape& shape,
                    const tlslp::StopCondition& stop) {
  tlslp::KernelSelector& selector = tlslp::kernel_selector();
  if (kernel == TLSLP_AUTO_KERNEL) {
    const auto selected = selector.select(bits, shape, stop);
    if (!selected) {
      return stop.cancelled() ? TLSLP_CANCELLED : TLSLP_TIMED_OUT;
    }
    kernel = *selected;
  }
  return selector.usable(kernel, shape) ? TLSLP_FOUND : TLSLP_BAD_KERNEL;
}

tlslp_status status_of(tlslp::Outcome outcome) {
  switch (outcome) {
    case tlslp::Outcome::kFound:
      return TLSLP_FOUND;
    case tlslp::Outcome::kExhausted:
      return TLSLP_EXHAUSTED;
    case tlslp::Outcome::kCancelled:
      return TLSLP_CANCELLED;
    case tlslp::Outcome::kTimedOut:
      return TLSLP_TIMED_OUT;
    case tlslp::Outcome::kOutOfResources:
      break;
  }
  return TLSLP_OUT_OF_RESOURCES;
}

}  // namespace

uint32_t tlslp_abi_version() { return TLSLP_ABI_VERSION; }

uint32_t tlslp_kernel_count() { return static_cast<std::uint32_t>(tlslp::kernels().size()); }

const char* tlslp_kernel_name(uint32_t kernel) {
  return kernel < tlslp_kernel_count() ? tlslp::kernels()[kernel]->name : nullptr;
}

uint32_t tlslp_kernel_usable(uint32_t kernel) {
  return kernel < tlslp_kernel_count() && tlslp::kernel_selector().usable(kernel) ? 1 : 0;
}

uint32_t tlslp_kernel_failed(uint32_t kernel) {
  return kernel < tlslp_kernel_count() && tlslp::kernel_selector().failed(kernel) ? 1 : 0;
}

int32_t tlslp_choose(tlslp_task* task, tlslp_control* control) {
  if (!valid(*task)) {
    return TLSLP_BAD_TASK;
  }
  const tlslp::StopCondition stop(control->cancel, task->limit_ns);
  std::uint32_t kernel = task->kernel;
  const tlslp_status status =
      choose(kernel, task->bits, tlslp::shape_of(task->token_length, task->suffix_limit), stop);
  if (status == TLSLP_FOUND) {
    task->kernel = kernel;
    task->limit_ns = stop.remaining_ns();
  }
  return status;
}

int32_t tlslp_search(const tlslp_task* task, tlslp_control* control, tlslp_answer* answer) {
  if (!valid(*task)) {
    return TLSLP_BAD_TASK;
  }
  const tlslp::StopCondition stop(control->cancel, task->limit_ns);
  const tlslp::Shape shape = tlslp::shape_of(task->token_length, task->suffix_limit);
  std::uint32_t kernel = task->kernel;
  if (const tlslp_status status = choose(kernel, task->bits, shape, stop); status != TLSLP_FOUND) {
    return status;
  }
  // The caller lays the counters out directly after the control structure.
  auto* const counters =
      reinterpret_cast<tlslp::AttemptCounter*>(control + 1);  // NOLINT(*reinterpret-cast*)
  const tlslp::SearchResult result =
      tlslp::run_search({.token = std::span(task->token).first(task->token_length),
                         .layout = shape.layout,
                         .bits = task->bits,
                         .threads = task->threads,
                         .shard = {.index = task->shard_index, .count = task->shard_count},
                         .start = task->start,
                         .kernel = *tlslp::kernels()[kernel]},
                        stop, std::span(counters, task->threads));
  if (result.outcome == tlslp::Outcome::kFound) {
    answer->kernel = kernel;
    answer->suffix_length = shape.layout.suffix_length;
    tlslp::write_suffix(shape.layout, result.solution, answer->suffix);
  }
  return status_of(result.outcome);
}

int32_t tlslp_measure(uint32_t kernel, uint32_t threads, uint32_t milliseconds,
                      uint64_t* candidates, uint64_t* nanoseconds) {
  if (!valid_kernel(kernel) || !within(threads, 1, TLSLP_MAX_THREADS) ||
      !within(milliseconds, 1, TLSLP_MAX_MILLISECONDS)) {
    return TLSLP_BAD_TASK;
  }
  if (const tlslp_status status = choose(kernel, TLSLP_MAX_BITS, tlslp::usual_shape(), {});
      status != TLSLP_FOUND) {
    return status;
  }
  const auto result =
      tlslp::measure(*tlslp::kernels()[kernel], threads, std::chrono::milliseconds(milliseconds));
  if (!result) {
    return TLSLP_OUT_OF_RESOURCES;
  }
  *candidates = result->candidates;
  *nanoseconds = static_cast<std::uint64_t>(result->time.count());
  return TLSLP_FOUND;
}
