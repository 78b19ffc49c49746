// The C interface.
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support.h"

namespace tlslp::test {

TEST_CASE("search: it finds a solution within the suffix limit") {
  const std::uint32_t bits = kSlow ? 8 : 12;
  for (std::uint32_t length = 1; length <= TLSLP_MAX_TOKEN; ++length) {
    for (const std::uint32_t limit : {16U, 17U, 32U, 64U, 128U}) {
      for (const std::uint32_t threads : {1U, 3U}) {
        const std::string token = token_of(length);
        tlslp_task task = task_for(token, bits);
        task.suffix_limit = limit;
        task.threads = threads;
        const Report report = search(task);
        CAPTURE(length);
        CAPTURE(limit);
        REQUIRE(report.status == TLSLP_FOUND);
        CHECK(report.suffix.size() <= limit);
        CHECK(report.suffix.find_first_not_of(kAlphabet) == std::string::npos);
        CHECK(report.kernel < tlslp_kernel_count());
        CHECK(report.attempts > 0);
        CHECK(solves(token, report.suffix, bits));
      }
    }
  }
}

TEST_CASE("search: every number of bits up to 20") {
  for (std::uint32_t bits = 0; bits <= (kSlow ? 12 : 20); ++bits) {
    const Report report = search(task_for("token", bits));
    CAPTURE(bits);
    REQUIRE(report.status == TLSLP_FOUND);
    CHECK(solves("token", report.suffix, bits));
  }
}

TEST_CASE("search: with one thread the same task has the same answer") {
  tlslp_task task = task_for("again", 12);
  task.start = 987'654'321;
  const Report first = search(task);
  const Report second = search(task);
  CHECK(first.suffix == second.suffix);
  CHECK(first.attempts == second.attempts);

  task.start += 1;
  CHECK(search(task).suffix != first.suffix);
}

TEST_CASE("search: a solution is in its shard") {
  for (const std::uint32_t count : {1U, 2U, 7U, ~0U}) {
    for (const std::uint32_t index : {1U, (count + 1) / 2, count}) {
      tlslp_task task = task_for("shard", 8);
      task.suffix_limit = 16;
      task.shard_index = index == 0 ? 1 : index;
      task.shard_count = count;
      task.threads = 2;
      task.start = ~std::uint64_t{0};
      const Report report = search(task);
      REQUIRE(report.status == TLSLP_FOUND);
      const Candidate candidate = candidate_of(choose_layout(5, 16), report.suffix);
      CHECK(candidate.outer % count == task.shard_index - 1);
    }
  }
}

TEST_CASE("search: for 0 bits the first candidate is the solution") {
  for (const std::uint32_t limit : {16U, 128U}) {
    tlslp_task task = task_for("token", 0);
    task.suffix_limit = limit;
    const Report report = search(task);
    CHECK(report.status == TLSLP_FOUND);
    CHECK(report.suffix.find_first_not_of('A') == std::string::npos);
    CHECK(report.attempts >= 1);
    CHECK(report.attempts <= 128);  // one batch
  }
}

TEST_CASE("search: simultaneous searches do not disturb each other") {
  tlslp_task task = task_for("alone", kSlow ? 10 : 16);
  const Report alone = search(task);
  std::vector<Report> reports(4);
  std::vector<std::thread> threads;
  threads.reserve(reports.size());
  for (Report& report : reports) {
    threads.emplace_back([&] { report = search(task); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const Report& report : reports) {
    CHECK(report.suffix == alone.suffix);
    CHECK(report.attempts == alone.attempts);
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
