// The interface, as a caller sees it.
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <iterator>
#include <random>
#include <system_error>
#include <thread>
#include <utility>

#include "kernels.h"
#include "support.h"

namespace tlslp::test {
namespace {

using std::chrono::steady_clock;

// The promise is 5 ms; a busy machine under a sanitizer may keep a thread off its core for longer.
constexpr std::chrono::seconds kSoon{5};

// How many threads this process has; 0 where it is not known how to find out.
std::size_t threads_alive() {
  std::error_code none;
  const std::filesystem::directory_iterator tasks("/proc/self/task", none);
  return none ? 0 : static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

// A search that runs by itself until somebody stops it.
class Background {
 public:
  explicit Background(const tlslp_task& task)
      : task_(task),
        memory_(task.threads),
        thread_([this] { status_ = tlslp_search(&task_, memory_.control(), &answer_); }) {}

  // Until every thread has begun.
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

TEST_CASE("search: what is found is a solution, within the limit") {
  const std::uint32_t bits = kSlow ? 8 : 12;
  for (std::uint32_t length = 1; length <= TLSLP_MAX_TOKEN; ++length) {
    for (const std::uint32_t limit : {16U, 17U, 32U, 64U, 128U}) {
      for (const std::uint32_t threads : {1U, 3U}) {
        const std::string token = token_of(length);
        tlslp_task task = task_for(token, bits);
        task.suffix_limit = limit;
        task.threads = threads;
        const Outcome outcome = search(task);
        CAPTURE(length);
        CAPTURE(limit);
        REQUIRE(outcome.status == TLSLP_FOUND);
        CHECK(outcome.suffix.size() <= limit);
        CHECK(outcome.suffix.find_first_not_of(kAlphabet) == std::string::npos);
        CHECK(outcome.kernel < tlslp_kernel_count());
        CHECK(outcome.attempts > 0);
        CHECK(solves(token, outcome.suffix, bits));
      }
    }
  }
}

TEST_CASE("search: every number of bits up to 20") {
  for (std::uint32_t bits = 0; bits <= (kSlow ? 12 : 20); ++bits) {
    const Outcome outcome = search(task_for("token", bits));
    CAPTURE(bits);
    REQUIRE(outcome.status == TLSLP_FOUND);
    CHECK(solves("token", outcome.suffix, bits));
  }
}

TEST_CASE("search: with one thread the same task has the same answer") {
  tlslp_task task = task_for("again", 12);
  task.start = 987'654'321;
  const Outcome first = search(task);
  const Outcome second = search(task);
  CHECK(first.suffix == second.suffix);
  CHECK(first.attempts == second.attempts);

  task.start += 1;
  CHECK(search(task).suffix != first.suffix);
}

TEST_CASE("search: an answer lies in its shard") {
  for (const std::uint32_t count : {1U, 2U, 7U, ~0U}) {
    for (const std::uint32_t index : {1U, (count + 1) / 2, count}) {
      tlslp_task task = task_for("shard", 8);
      task.suffix_limit = 16;
      task.shard_index = index == 0 ? 1 : index;
      task.shard_count = count;
      task.threads = 2;
      task.start = ~std::uint64_t{0};
      const Outcome outcome = search(task);
      REQUIRE(outcome.status == TLSLP_FOUND);
      const Candidate candidate = candidate_of(choose_layout(5, 16), outcome.suffix);
      CHECK(candidate.outer % count == task.shard_index - 1);
    }
  }
}

TEST_CASE("search: with no bits asked for the first candidate is the answer") {
  for (const std::uint32_t limit : {16U, 128U}) {
    tlslp_task task = task_for("token", 0);
    task.suffix_limit = limit;
    const Outcome outcome = search(task);
    CHECK(outcome.status == TLSLP_FOUND);
    CHECK(outcome.suffix.find_first_not_of('A') == std::string::npos);
    CHECK(outcome.attempts >= 1);
    CHECK(outcome.attempts <= 128);  // one batch
  }
}

TEST_CASE("search: cancelled before it began, it hashes nothing") {
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

TEST_CASE("search: cancelled while it runs, it stops soon and for good") {
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

TEST_CASE("search: it stops at its limit, not before, however many threads share the processors") {
  constexpr std::chrono::milliseconds kLimit{kSlow ? 500 : 20};
  for (const std::uint32_t threads : {1U, 4U, 64U}) {
    tlslp_task task = task_for("token", TLSLP_MAX_BITS);
    task.threads = threads;
    // The choice of a kernel would count too, and under a sanitizer takes longer than this.
    SharedMemory memory(threads);
    REQUIRE(tlslp_choose(&task, memory.control()) == 0);
    task.limit_ns = std::chrono::nanoseconds(kLimit).count();
    const auto before = steady_clock::now();
    const Outcome outcome = search(task);
    const auto taken = steady_clock::now() - before;
    CHECK(outcome.status == TLSLP_TIMED_OUT);
    CHECK(outcome.attempts > 0);
    CHECK(outcome.suffix.empty());
    CHECK(taken >= kLimit);
    CHECK(taken < kLimit + kSoon);
  }
}

TEST_CASE("search: the choice of a kernel counts against the limit") {
  // A form that no other test searches for so many bits: nothing is known of it yet. To measure two
  // kernels takes at least 0.8 ms.
  std::uint32_t usable = 0;
  for (std::uint32_t kernel = 0; kernel < tlslp_kernel_count(); ++kernel) {
    usable += tlslp_kernel_usable(kernel);
  }
  if (usable < 2) {
    MESSAGE("there is nothing to choose from");
    return;
  }
  tlslp_task task = task_for(token_of(30), TLSLP_MAX_BITS);
  task.suffix_limit = 21;
  task.limit_ns = 700'000;
  for (int i = 0; i < 2; ++i) {  // and what was not finished is not known the second time either
    const Outcome outcome = search(task);
    CHECK(outcome.status == TLSLP_TIMED_OUT);
    CHECK(outcome.attempts == 0);
  }
}

TEST_CASE("search: a choice names the kernel, and takes the time from the limit") {
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

  // Nobody is measured twice, nor in place of the one who was asked for.
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
    task = task_for(token_of(31), TLSLP_MAX_BITS);  // in a form that nothing is known of
    task.suffix_limit = 23;
    task.limit_ns = kLimit;
    task.kernel = kernel_asked_for;
    CHECK(tlslp_choose(&task, cancelled.control()) == status);
    CHECK(task.kernel == kernel_asked_for);
    CHECK(task.limit_ns == kLimit);
  }
}

TEST_CASE("search: a limit that is not reached changes nothing") {
  tlslp_task task = task_for("again", 12);
  const Outcome unlimited = search(task);
  task.limit_ns = ~std::uint64_t{0};
  const Outcome limited = search(task);
  CHECK(limited.status == TLSLP_FOUND);
  CHECK(limited.suffix == unlimited.suffix);
  CHECK(limited.attempts == unlimited.attempts);
}

TEST_CASE("search: cancelled at any moment, it ends, and so does every thread") {
  constexpr int kTimes = 500;
  std::mt19937 random(5);
  std::thread([] {}).join();  // with the first thread a sanitizer starts one of its own
  const auto before = threads_alive();
  for (int i = 0; i < kTimes; ++i) {
    tlslp_task task = task_for("token", TLSLP_MAX_BITS);
    task.suffix_limit = i % 2 == 0 ? 16 : 128;
    task.threads = 2;
    Background background(task);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 500));
    REQUIRE(background.cancel() == TLSLP_CANCELLED);
  }
  // The system may list a thread a moment longer than it takes to join it: at the beginning too.
  const auto end = steady_clock::now() + kSoon;
  while (threads_alive() > before && steady_clock::now() < end) {
    std::this_thread::yield();
  }
  CHECK(threads_alive() <= before);
}

TEST_CASE("search: searches at the same time do not disturb each other") {
  tlslp_task task = task_for("alone", kSlow ? 10 : 16);
  const Outcome alone = search(task);
  std::vector<Outcome> outcomes(4);
  std::vector<std::thread> threads;
  threads.reserve(outcomes.size());
  for (Outcome& outcome : outcomes) {
    threads.emplace_back([&] { outcome = search(task); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const Outcome& outcome : outcomes) {
    CHECK(outcome.suffix == alone.suffix);
    CHECK(outcome.attempts == alone.attempts);
  }
}

TEST_CASE("search: a task with a field out of its range is refused") {
  struct Field {
    const char* name;
    std::uint32_t tlslp_task::* field;
    std::vector<std::uint32_t> good;
    std::vector<std::uint32_t> bad;
  };
  constexpr std::uint32_t kMost = ~std::uint32_t{0};
  const std::vector<Field> fields = {
      {"bits", &tlslp_task::bits, {0, 1}, {65, kMost}},
      {"threads", &tlslp_task::threads, {1, 2}, {0, 1025, kMost}},
      {"kernel", &tlslp_task::kernel, {0, kMost}, {tlslp_kernel_count(), kMost - 1}},
      {"suffix_limit", &tlslp_task::suffix_limit, {16, 128}, {0, 15, 129, kMost}},
      {"shard_index", &tlslp_task::shard_index, {1}, {0, 2, kMost}},
      {"shard_count", &tlslp_task::shard_count, {1, 2, kMost}, {0}},
      {"token_length", &tlslp_task::token_length, {1, 128}, {0, 129, kMost}},
      {"reserved", &tlslp_task::reserved, {0}, {1, kMost}},
  };
  for (const auto& [name, field, good, bad] : fields) {
    CAPTURE(std::string(name));
    for (const std::uint32_t value : good) {
      tlslp_task task = task_for("token", 4);
      task.*field = value;
      CAPTURE(value);
      CHECK(search(task).status == TLSLP_FOUND);
    }
    for (const std::uint32_t value : bad) {
      tlslp_task task = task_for("token", 4);
      task.*field = value;
      CAPTURE(value);
      const tlslp_answer untouched{};
      tlslp_answer answer{};
      SharedMemory memory(2);
      CHECK(tlslp_search(&task, memory.control(), &answer) == TLSLP_BAD_TASK);
      CHECK(answer.suffix_length == untouched.suffix_length);
      CHECK(memory.attempts() == 0);
    }
  }
}

TEST_CASE("search: the kernels are listed, the portable one first") {
  CHECK(tlslp_abi_version() == TLSLP_ABI_VERSION);
  REQUIRE(tlslp_kernel_count() >= 1);
  CHECK(std::string_view(tlslp_kernel_name(0)) == "portable");
  CHECK(tlslp_kernel_usable(0) == 1);
  for (std::uint32_t i = 0; i < tlslp_kernel_count(); ++i) {
    CHECK_FALSE(std::string_view(tlslp_kernel_name(i)).empty());
    CHECK(tlslp_kernel_usable(i) <= 1);
  }
  CHECK(tlslp_kernel_name(tlslp_kernel_count()) == nullptr);
  CHECK(tlslp_kernel_usable(tlslp_kernel_count()) == 0);
  CHECK(tlslp_kernel_failed(0) == 0);
  CHECK(tlslp_kernel_failed(tlslp_kernel_count()) == 0);
  CHECK(tlslp_kernel_name(TLSLP_AUTO_KERNEL) == nullptr);
  CHECK(tlslp_kernel_usable(TLSLP_AUTO_KERNEL) == 0);
}

}  // namespace tlslp::test
