// How searches stop through the C interface: when they are cancelled, or reach their time limit.
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <iterator>
#include <random>
#include <system_error>
#include <thread>
#include <utility>

#include "support.h"

namespace tlslp::test {
namespace {

using std::chrono::steady_clock;

// The interface promises 5 ms, but on a busy machine under a sanitizer a thread may wait much
// longer for a processor.
constexpr std::chrono::seconds kSoon{20};

// Returns how many threads this process has; 0 on systems without /proc.
std::size_t threads_alive() {
  std::error_code none;
  const std::filesystem::directory_iterator tasks("/proc/self/task", none);
  return none ? 0 : static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

// A search that runs on a thread of its own until it is cancelled.
class Background {
 public:
  explicit Background(const tlslp_task& task)
      : task_(task),
        memory_(task.threads),
        thread_([this] { status_ = tlslp_search(&task_, memory_.control(), &answer_); }) {}

  // Waits until every thread has hashed something.
  void await_progress() {
    for (std::uint32_t i = 0; i < task_.threads; ++i) {
      while (memory_.attempts(i) == 0) {
        std::this_thread::yield();
      }
    }
  }

  std::int32_t cancel() {
    memory_.cancel();
    thread_.join();
    return status_;
  }

  SharedMemory& memory() { return memory_; }

 private:
  tlslp_task task_;
  SharedMemory memory_;
  tlslp_answer answer_{};
  std::int32_t status_ = -1;
  std::thread thread_;
};

}  // namespace

TEST_CASE("stop: a search that is cancelled before it begins hashes nothing") {
  for (const std::uint32_t threads : {1U, 4U}) {
    tlslp_task task = task_for("token", 0);
    task.threads = threads;
    SharedMemory memory(threads);
    memory.cancel();
    tlslp_answer answer{};
    CHECK(tlslp_search(&task, memory.control(), &answer) == TLSLP_CANCELLED);
    CHECK(memory.attempts() == 0);
    CHECK(answer.suffix_length == 0);
  }
}

TEST_CASE("stop: a search that is cancelled while it runs stops soon and completely") {
  for (const std::uint32_t limit : {16U, 128U}) {
    for (const std::uint32_t threads : {1U, 2U, 5U}) {
      tlslp_task task = task_for("token", TLSLP_MAX_BITS);
      task.suffix_limit = limit;
      task.threads = threads;
      Background background(task);
      background.await_progress();
      const auto before = steady_clock::now();
      CHECK(background.cancel() == TLSLP_CANCELLED);
      CHECK(steady_clock::now() - before < kSoon);

      const std::uint64_t attempts = background.memory().attempts();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      CHECK(background.memory().attempts() == attempts);
    }
  }
}

TEST_CASE("stop: a search stops at its time limit and not before, even with many threads") {
  for (const std::uint32_t threads : {1U, 4U, 64U}) {
    tlslp_task task = task_for("token", TLSLP_MAX_BITS);
    task.threads = threads;
    // The selection would count too, and under a sanitizer it takes longer than this limit.
    SharedMemory memory(threads);
    REQUIRE(tlslp_choose(&task, memory.control()) == 0);
    std::uint64_t attempts = 0;
    // On a busy machine no thread may get a processor within a short limit.
    for (std::chrono::milliseconds limit{20}; attempts == 0 && limit < kSoon; limit *= 4) {
      task.limit_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(limit).count());
      const auto before = steady_clock::now();
      const Report report = search(task);
      const auto taken = steady_clock::now() - before;
      CHECK(report.status == TLSLP_TIMED_OUT);
      CHECK(report.suffix.empty());
      CHECK(taken >= limit);
      CHECK(taken < limit + kSoon);
      attempts = report.attempts;
    }
    CHECK(attempts > 0);
  }
}

TEST_CASE("stop: kernel selection counts against the time limit") {
  // No other test searches this form for many bits, so the kernels are not measured yet. To
  // measure two kernels takes at least 0.8 ms.
  std::uint32_t usable = 0;
  for (std::uint32_t kernel = 0; kernel < tlslp_kernel_count(); ++kernel) {
    usable += tlslp_kernel_usable(kernel);
  }
  if (usable < 2) {
    MESSAGE("there is only one kernel");
    return;
  }
  tlslp_task task = task_for(token_of(30), TLSLP_MAX_BITS);
  task.suffix_limit = 21;
  task.limit_ns = 700'000;
  for (int i = 0; i < 2; ++i) {  // an unfinished selection is not remembered
    const Report report = search(task);
    CHECK(report.status == TLSLP_TIMED_OUT);
    CHECK(report.attempts == 0);
  }
}

TEST_CASE("stop: tlslp_choose stores the kernel, and subtracts the time from the limit") {
  constexpr std::uint64_t kLimit = 3'600'000'000'000;
  SharedMemory memory(1);
  tlslp_task task = task_for("token", TLSLP_MAX_BITS);
  task.limit_ns = kLimit;
  const tlslp_task before = task;
  REQUIRE(tlslp_choose(&task, memory.control()) == 0);
  CHECK(tlslp_kernel_usable(task.kernel) == 1);
  CHECK(task.limit_ns > 0);
  CHECK(task.limit_ns < kLimit);
  CHECK(memory.attempts() == 0);

  // A second call selects the same kernel, and a requested kernel stays.
  const std::uint32_t kernel = task.kernel;
  task = before;
  CHECK(tlslp_choose(&task, memory.control()) == 0);
  CHECK(task.kernel == kernel);
  task.kernel = 0;
  task.limit_ns = 0;
  CHECK(tlslp_choose(&task, memory.control()) == 0);
  CHECK(task.kernel == 0);
  CHECK(task.limit_ns == 0);

  for (const auto& [kernel_asked_for, status] :
       {std::pair{TLSLP_AUTO_KERNEL, TLSLP_CANCELLED}, {tlslp_kernel_count(), TLSLP_BAD_TASK}}) {
    SharedMemory cancelled(1);
    cancelled.cancel();
    task = task_for(token_of(31), TLSLP_MAX_BITS);  // in a form that is not measured yet
    task.suffix_limit = 23;
    task.limit_ns = kLimit;
    task.kernel = kernel_asked_for;
    CHECK(tlslp_choose(&task, cancelled.control()) == status);
    CHECK(task.kernel == kernel_asked_for);
    CHECK(task.limit_ns == kLimit);
  }
}

TEST_CASE("stop: a time limit that is not reached changes nothing") {
  tlslp_task task = task_for("again", 12);
  const Report unlimited = search(task);
  task.limit_ns = ~std::uint64_t{0};
  const Report limited = search(task);
  CHECK(limited.status == TLSLP_FOUND);
  CHECK(limited.suffix == unlimited.suffix);
  CHECK(limited.attempts == unlimited.attempts);
}

TEST_CASE("stop: a search that is cancelled at any moment ends with all its threads") {
  constexpr int kTimes = 500;
  std::mt19937 random(5);
  std::thread([] {}).join();  // a sanitizer starts one of its own with the first one
  const auto before = threads_alive();
  for (int i = 0; i < kTimes; ++i) {
    tlslp_task task = task_for("token", TLSLP_MAX_BITS);
    task.suffix_limit = i % 2 == 0 ? 16 : 128;
    task.threads = 2;
    Background background(task);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 500));
    REQUIRE(background.cancel() == TLSLP_CANCELLED);
  }
  // The system may still list a thread for a moment after it was joined.
  const auto end = steady_clock::now() + kSoon;
  while (threads_alive() > before && steady_clock::now() < end) {
    std::this_thread::yield();
  }
  CHECK(threads_alive() <= before);
}

}  // namespace tlslp::test
