// Sends random tasks through the public interface. A valid task must be solved within its limits,
// as the reference hash confirms. An invalid task must be refused, and nothing written.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>

#include "reference.h"
#include "support.h"

namespace tlslp::test {
namespace {

// Puzzles with more bits take too long for a fuzzer.
constexpr std::uint32_t kMostBits = 8;
constexpr std::uint32_t kMostThreads = 3;

void require(bool holds, const char* condition) {
  if (!holds) {
    std::fprintf(stderr, "violated: %s\n", condition);
    std::abort();
  }
}

tlslp_task valid_task(FuzzedDataProvider& data) {
  tlslp_task task{};
  task.bits = data.ConsumeIntegralInRange<std::uint32_t>(0, kMostBits);
  task.suffix_limit =
      data.ConsumeIntegralInRange<std::uint32_t>(TLSLP_MIN_SUFFIX_LIMIT, TLSLP_MAX_SUFFIX);
  task.threads = data.ConsumeIntegralInRange<std::uint32_t>(1, kMostThreads);
  const auto kernel = data.ConsumeIntegralInRange<std::uint32_t>(0, tlslp_kernel_count());
  task.kernel = kernel == tlslp_kernel_count() ? TLSLP_AUTO_KERNEL : kernel;
  task.shard_count = data.ConsumeIntegralInRange<std::uint32_t>(1, ~0U);
  task.shard_index = data.ConsumeIntegralInRange<std::uint32_t>(1, task.shard_count);
  task.start = data.ConsumeIntegral<std::uint64_t>();
  task.limit_ns =
      data.ConsumeIntegralInRange(0, 7) == 7 ? data.ConsumeIntegral<std::uint64_t>() : 0;
  const auto token = data.ConsumeRandomLengthString(TLSLP_MAX_TOKEN);
  std::ranges::copy(token, std::begin(task.token));
  task.token_length = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(token.size()));
  return task;
}

// Sets one field to a value out of its range.
void make_invalid(tlslp_task& task, FuzzedDataProvider& data) {
  const auto beyond = [&](std::uint32_t least) {
    return data.ConsumeIntegralInRange<std::uint32_t>(least, ~0U);
  };
  switch (data.ConsumeIntegralInRange(0, 7)) {
    case 0:
      task.bits = beyond(TLSLP_MAX_BITS + 1);
      break;
    case 1:
      task.suffix_limit = data.ConsumeBool()
                              ? beyond(TLSLP_MAX_SUFFIX + 1)
                              : data.ConsumeIntegralInRange(0U, TLSLP_MIN_SUFFIX_LIMIT - 1U);
      break;
    case 2:
      task.threads = data.ConsumeBool() ? 0 : beyond(TLSLP_MAX_THREADS + 1);
      break;
    case 3:
      task.kernel =
          data.ConsumeIntegralInRange<std::uint32_t>(tlslp_kernel_count(), TLSLP_AUTO_KERNEL - 1);
      break;
    case 4:
      task.shard_index = 0;
      break;
    case 5:
      task.shard_count = data.ConsumeIntegralInRange<std::uint32_t>(0, task.shard_index - 1);
      break;
    case 6:
      task.reserved = beyond(1);
      break;
    default:
      task.token_length = data.ConsumeBool() ? 0 : beyond(TLSLP_MAX_TOKEN + 1);
  }
}

void check_refused(const tlslp_task& task) {
  SharedMemory memory(1);
  tlslp_answer answer{};
  require(tlslp_search(&task, memory.control(), &answer) == TLSLP_BAD_TASK,
          "an invalid task is refused");
  require(memory.attempts() == 0 && answer.suffix_length == 0, "nothing is written");
}

void check_solved(const tlslp_task& task) {
  // NOLINTNEXTLINE(*reinterpret-cast*): text is bytes
  const std::string_view token(reinterpret_cast<const char*>(task.token), task.token_length);
  const Report report = search(task);
  require(tlslp_kernel_usable(0) == 1, "the portable kernel passes its self-test");
  if (task.kernel != TLSLP_AUTO_KERNEL && tlslp_kernel_usable(task.kernel) == 0) {
    require(report.status == TLSLP_BAD_KERNEL, "an unusable kernel is refused");
    return;
  }
  if (task.limit_ns != 0 && report.status == TLSLP_TIMED_OUT) {
    require(report.suffix.empty(), "without a solution there is no suffix");
    return;
  }
  require(report.status == TLSLP_FOUND, "a solution is found");
  require(report.attempts > 0, "attempts are counted");
  require(!report.suffix.empty() && report.suffix.size() <= task.suffix_limit,
          "the suffix is within its limit");
  require(report.suffix.find_first_not_of(kAlphabet) == std::string::npos,
          "the suffix consists of the alphabet");
  require(ends_in_zeros(Reference().add(token).add(report.suffix).digest(), task.bits),
          "the digest ends in zeros");

  const Layout layout = choose_layout(task.token_length, task.suffix_limit);
  require(candidate_of(layout, report.suffix).outer % task.shard_count == task.shard_index - 1,
          "the suffix is in its shard");
  if (task.threads == 1 && task.limit_ns == 0 && task.kernel != TLSLP_AUTO_KERNEL) {
    const Report again = search(task);
    require(again.suffix == report.suffix && again.attempts == report.attempts,
            "the same task has the same solution");
  }
}

}  // namespace
}  // namespace tlslp::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  FuzzedDataProvider data(bytes, size);
  const bool bad = data.ConsumeIntegralInRange(0, 7) == 7;
  tlslp_task task = tlslp::test::valid_task(data);
  if (bad) {
    tlslp::test::make_invalid(task, data);
    tlslp::test::check_refused(task);
  } else {
    tlslp::test::check_solved(task);
  }
  return 0;
}
