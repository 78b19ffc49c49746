// The C interface: checks what comes in, and leaves the rest to the engine.
#include "tlslp/search.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include "engine.h"
#include "halt.h"
#include "kernels.h"
#include "measure.h"

namespace {

constexpr bool within(std::uint32_t value, std::uint32_t least, std::uint32_t most) {
  return value >= least && value <= most;
}

bool valid_kernel(std::uint32_t kernel) {
  return kernel < tlslp_kernel_count() || kernel == TLSLP_AUTO_KERNEL;
}

// The index of a valid kernel for a search of so many bits over messages of this shape; nothing
// when the halt is due before it is found out.
std::optional<std::uint32_t> chosen_kernel(std::uint32_t kernel, std::uint32_t bits,
                                           const tlslp::Shape& shape, const tlslp::Halt& halt) {
  return kernel == TLSLP_AUTO_KERNEL ? tlslp::roster().automatic(bits, shape, halt) : kernel;
}

bool valid(const tlslp_task& task) {
  const bool kernel = valid_kernel(task.kernel);
  const bool shard = within(task.shard_index, 1, task.shard_count);
  const bool lengths = within(task.token_length, 1, TLSLP_MAX_TOKEN) &&
                       within(task.suffix_limit, TLSLP_MIN_SUFFIX_LIMIT, TLSLP_MAX_SUFFIX);
  return kernel && shard && lengths && task.bits <= TLSLP_MAX_BITS &&
         within(task.threads, 1, TLSLP_MAX_THREADS) && task.reserved == 0;
}

}  // namespace

uint32_t tlslp_abi_version() { return TLSLP_ABI_VERSION; }

uint32_t tlslp_kernel_count() { return static_cast<std::uint32_t>(tlslp::kernels().size()); }

const char* tlslp_kernel_name(uint32_t kernel) {
  return kernel < tlslp_kernel_count() ? tlslp::kernels()[kernel]->name : nullptr;
}

uint32_t tlslp_kernel_usable(uint32_t kernel) {
  return kernel < tlslp_kernel_count() && tlslp::roster().usable(kernel) ? 1 : 0;
}

uint32_t tlslp_kernel_failed(uint32_t kernel) {
  return kernel < tlslp_kernel_count() && tlslp::roster().failed(kernel) ? 1 : 0;
}

int32_t tlslp_choose(tlslp_task* task, tlslp_control* control) {
  if (!valid(*task)) {
    return TLSLP_BAD_TASK;
  }
  const tlslp::Shape shape = tlslp::shape_of(task->token_length, task->suffix_limit);
  const tlslp::Halt halt(control->cancel, task->limit_ns);
  const auto index = chosen_kernel(task->kernel, task->bits, shape, halt);
  if (!index) {
    return halt.cancelled() ? TLSLP_CANCELLED : TLSLP_TIMED_OUT;
  }
  if (!tlslp::roster().usable(*index, shape)) {
    return TLSLP_BAD_KERNEL;
  }
  task->kernel = *index;
  task->limit_ns = halt.left_ns();
  return TLSLP_FOUND;
}

int32_t tlslp_search(const tlslp_task* task, tlslp_control* control, tlslp_answer* answer) {
  tlslp_task chosen = *task;
  if (const int32_t refusal = tlslp_choose(&chosen, control); refusal != TLSLP_FOUND) {
    return refusal;
  }
  // The counters lie right behind the control: nothing but a cast can say so.
  auto* const counters =
      reinterpret_cast<tlslp_counter*>(control + 1);  // NOLINT(*reinterpret-cast*)
  const tlslp::Shape shape = tlslp::shape_of(chosen.token_length, chosen.suffix_limit);
  const tlslp::Kernel& kernel = *tlslp::kernels()[chosen.kernel];
  const tlslp::Halt halt(control->cancel, chosen.limit_ns);
  const tlslp_status status = tlslp::run_search(chosen, shape.layout, kernel, halt,
                                                std::span(counters, chosen.threads), *answer);
  if (status == TLSLP_FOUND) {
    answer->kernel = chosen.kernel;
  }
  return status;
}

int32_t tlslp_measure(uint32_t kernel, uint32_t threads, uint32_t milliseconds,
                      uint64_t* candidates, uint64_t* nanoseconds) {
  if (!valid_kernel(kernel) || !within(threads, 1, TLSLP_MAX_THREADS) ||
      !within(milliseconds, 1, TLSLP_MAX_MILLISECONDS)) {
    return TLSLP_BAD_TASK;
  }
  const tlslp::Shape shape = tlslp::usual_shape();
  const auto index = chosen_kernel(kernel, TLSLP_MAX_BITS, shape, {});
  if (!index || !tlslp::roster().usable(*index, shape)) {
    return TLSLP_BAD_KERNEL;
  }
  const tlslp::Measurement result =
      tlslp::measure(*tlslp::kernels()[*index], threads, std::chrono::milliseconds(milliseconds));
  *candidates = result.candidates;
  *nanoseconds = static_cast<std::uint64_t>(result.time.count());
  return result.status;
}
