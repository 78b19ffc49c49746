// Every candidate belongs to exactly one thread of one shard.
#include "keyspace.h"

#include <doctest/doctest.h>

#include <set>

#include "support.h"

namespace tlslp::test {
namespace {

constexpr std::uint64_t kMaxStart = ~std::uint64_t{0};

// Returns all outer values of a share.
std::vector<uint128> all_of(uint128 total, const Share& share, std::uint64_t start) {
  std::vector<uint128> values;
  OuterValues outers(total, share, start);
  while (const auto outer = outers.next()) {
    values.push_back(*outer);
  }
  CHECK_FALSE(outers.next().has_value());
  return values;
}

}  // namespace

TEST_CASE("keyspace: shards and threads together try every outer value once") {
  for (const std::uint32_t total : {1U, 2U, 7U, 64U, 100U, 101U}) {
    for (const std::uint32_t shards : {1U, 2U, 3U, 5U, 64U, 99U}) {
      for (const std::uint64_t start : {std::uint64_t{0}, std::uint64_t{5}, kMaxStart}) {
        std::vector<int> tried(total);
        for (std::uint32_t shard = 1; shard <= shards; ++shard) {
          // Machines may have different numbers of threads.
          const std::uint32_t threads = 1 + shard % 4;
          for (std::uint32_t thread = 0; thread < threads; ++thread) {
            for (const uint128 outer : all_of(total, {{shard, shards}, thread, threads}, start)) {
              REQUIRE(outer < total);
              ++tried[static_cast<std::size_t>(outer)];
            }
          }
        }
        CAPTURE(total);
        CAPTURE(shards);
        CAPTURE(start);
        CHECK(tried == std::vector<int>(total, 1));
      }
    }
  }
}

TEST_CASE("keyspace: values begin at the start, and wrap around at the end") {
  const Share share = {.shard = {.index = 2, .count = 3}, .thread = 1, .threads = 2};
  // 1 + 3 * (1 + 2 k) below 30: k = 0 … 4
  CHECK(all_of(30, share, 0) == std::vector<uint128>{4, 10, 16, 22, 28});
  CHECK(all_of(30, share, 3) == std::vector<uint128>{22, 28, 4, 10, 16});
  CHECK(all_of(30, share, 5) == std::vector<uint128>{4, 10, 16, 22, 28});
}

TEST_CASE("keyspace: with extreme shards, threads and starts, values stay in range and differ") {
  constexpr std::uint32_t kMaxShards = ~std::uint32_t{0};
  for (std::uint32_t token = 1; token <= TLSLP_MAX_TOKEN; ++token) {
    const uint128 total = outer_total(choose_layout(token, TLSLP_MIN_SUFFIX_LIMIT));
    for (const std::uint32_t shard : {1U, kMaxShards}) {
      for (const std::uint32_t thread : {0U, TLSLP_MAX_THREADS - 1U}) {
        for (const std::uint64_t start : {std::uint64_t{0}, kMaxStart}) {
          OuterValues outers(total, {{shard, kMaxShards}, thread, TLSLP_MAX_THREADS}, start);
          std::set<uint128> seen;
          for (int i = 0; i < 60; ++i) {
            const uint128 outer = outers.next().value_or(total);
            REQUIRE(outer < total);
            CHECK(outer % kMaxShards == shard - 1);
            CHECK(outer / kMaxShards % TLSLP_MAX_THREADS == thread);
            CHECK(seen.insert(outer).second);
          }
        }
      }
    }
  }
}

TEST_CASE("keyspace: a suffix has its characters where the layout puts them") {
  const Layout grouped = choose_layout(64, 128);
  CHECK(suffix_of(grouped, {}) == std::string(119, 'A'));

  const std::string expected = std::string(63, 'A') + '_' + std::string(50, 'A') + "B-c0D";
  // B and - are the outer characters; c, 0 and D the inner.
  CHECK(suffix_of(grouped, {.outer = 64 + 62, .midstate = 63, .inner = (28 * 64 + 52) * 64 + 3}) ==
        expected);
}

TEST_CASE("keyspace: candidates and suffixes are one to one, in every form") {
  for (std::uint32_t token = 1; token <= 64; ++token) {
    for (const std::uint32_t limit : {16U, 40U, 128U}) {
      const Layout layout = choose_layout(token, limit);
      std::set<std::string> seen;
      const uint128 last_outer = outer_total(layout) - 1;
      for (const uint128 outer :
           {uint128{0}, uint128{1}, uint128{64}, last_outer / 3, last_outer}) {
        for (const std::uint32_t midstate : {0U, 1U, 63U}) {
          if (midstate != 0 && !layout.midstate_offset) {
            continue;
          }
          for (const std::uint32_t inner : {0U, 1U, 64U, 4096U, 262'143U}) {
            const std::string suffix = suffix_of(layout, {outer, midstate, inner});
            CHECK(suffix.find_first_not_of(kAlphabet) == std::string::npos);
            CHECK(seen.insert(suffix).second);
            const Candidate back = candidate_of(layout, suffix);
            CHECK(back.outer == outer);
            CHECK(back.midstate == midstate);
            CHECK(back.inner == inner);
          }
        }
      }
    }
  }
}

TEST_CASE("keyspace: all inner values of a sweep give different suffixes") {
  const Layout layout = choose_layout(20, 16);
  std::set<std::string> seen;
  for (std::uint32_t inner = 0; inner < kRowCount * kAlphabetSize; ++inner) {
    seen.insert(suffix_of(layout, {.inner = inner}));
  }
  CHECK(seen.size() == kRowCount * kAlphabetSize);
}

}  // namespace tlslp::test
