// Searches all candidates of a sweep with every kernel that this machine can run. Compares each
// kernel with the portable one, and the portable one with node:crypto and with the reference hash.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "hits.h"
#include "reference.h"
#include "support.h"
#include "sweep.h"
#include "vectors.h"

namespace tlslp::test {
namespace {

constexpr std::uint32_t kBits = 8;

// The least number of midstates that reaches all code of a kernel: it takes several at a time,
// eight at most, and then the rest one by one.
constexpr std::uint32_t kGroupSize = 11;

struct Puzzle {
  std::string token;
  Layout layout;
  uint128 outer = 0;
  std::uint32_t group_size = 1;
  Slice slice;
};

Hits hits_of(const Kernel& kernel, const Puzzle& puzzle) {
  Sweep sweep;
  prepare(sweep, bytes_of(puzzle.token), puzzle.layout, puzzle.outer, puzzle.group_size, kBits);
  Collector collector;
  const std::uint64_t hashed = kernel.search(sweep, puzzle.slice, collector);
  CHECK(hashed == std::uint64_t{puzzle.slice.rows} * kAlphabetSize * sweep.midstate_count);
  return collector.hits;
}

// Returns the inner values of one midstate that are hits, by the reference hash.
std::set<std::uint32_t> hits_of_reference(const Puzzle& puzzle, std::uint32_t midstate) {
  std::string suffix = suffix_of(puzzle.layout, {.outer = puzzle.outer, .midstate = midstate});
  suffix.resize(puzzle.layout.inner_offset);
  const Reference prefix = Reference().add(puzzle.token).add(suffix);

  std::set<std::uint32_t> hits;
  const std::uint32_t first = puzzle.slice.first_row * kAlphabetSize;
  for (std::uint32_t inner = first; inner < first + puzzle.slice.rows * kAlphabetSize; ++inner) {
    const std::string last = {kAlphabet[inner >> 12U], kAlphabet[inner >> 6U & 63U],
                              kAlphabet[inner & 63U]};
    if (ends_in_zeros(Reference(prefix).add(last).digest(), kBits)) {
      hits.insert(inner);
    }
  }
  return hits;
}

// Returns the hits of the portable kernel; checks that all others have the same.
Hits hits_of_all(const Puzzle& puzzle) {
  CAPTURE(puzzle.token.size());
  CAPTURE(puzzle.layout.suffix_length);
  CAPTURE(puzzle.group_size);
  const Hits expected = hits_of(kPortableKernel, puzzle);
  for_every_kernel([&](const Kernel& kernel) {
    CAPTURE(std::string(kernel.name));
    CHECK((&kernel == &kPortableKernel || hits_of(kernel, puzzle) == expected));
  });
  return expected;
}

// Returns the inner values of one midstate.
std::set<std::uint32_t> inner_values(const Hits& hits, std::uint32_t midstate) {
  std::set<std::uint32_t> inner;
  for (const auto& hit : hits) {
    if (hit.first == midstate) {
      inner.insert(hit.second);
    }
  }
  return inner;
}

void compare_with_reference(const Puzzle& puzzle) {
  const Hits hits = hits_of_all(puzzle);
  CAPTURE(puzzle.token.size());
  CAPTURE(puzzle.layout.suffix_length);
  const std::uint32_t midstate = puzzle.layout.midstate_offset ? puzzle.group_size - 1 : 0;
  CHECK(inner_values(hits, midstate) == hits_of_reference(puzzle, midstate));
}

}  // namespace

TEST_CASE("sweeps: all candidates, in the long form and the short, at every token length" *
          doctest::skip(kSlow)) {
  // With a sanitizer or an emulator this would take an hour. The next tests run there.
  const auto lines = vectors("hits.txt");
  std::set<std::pair<std::uint32_t, bool>> seen;
  for (const std::string& line : lines) {
    std::istringstream fields(line);
    std::uint32_t length = 0;
    std::string suffix;
    std::size_t count = 0;
    std::string digest;
    fields >> length >> suffix >> count >> digest;
    suffix += "AAA";
    CAPTURE(length);
    CAPTURE(suffix);
    const auto limit = static_cast<std::uint32_t>(suffix.size());
    const Layout layout = choose_layout(length, limit);
    REQUIRE(layout.suffix_length == limit);  // else no search would try it
    // In the long form this takes as many midstates as include the one of the suffix: two to
    // eleven.
    const Candidate first = candidate_of(layout, suffix);
    const Hits hits = hits_of_all({.token = token_of(length),
                                   .layout = layout,
                                   .outer = first.outer,
                                   .group_size = std::max(2U, first.midstate + 1),
                                   .slice = {.first_row = 0, .rows = kRowCount}});
    std::string list;
    for (const std::uint32_t inner : inner_values(hits, first.midstate)) {
      list += std::to_string(inner) + "\n";
    }
    CHECK(std::ranges::count(list, '\n') == count);
    CHECK(hex(Reference().add(list).digest()) == digest);
    seen.insert({length, limit > TLSLP_MIN_SUFFIX_LIMIT});
  }
  CHECK(seen.size() == std::size_t{2} * TLSLP_MAX_TOKEN);
}

TEST_CASE("sweeps: all candidates, in every form") {
  std::set<std::uint32_t> forms;
  for (std::uint32_t length = 1; length <= TLSLP_MAX_TOKEN; ++length) {
    for (const std::uint32_t limit : {16U, 24U, 64U, 128U}) {
      const Layout layout = choose_layout(length, limit);
      if (forms.insert(form_of(layout)).second) {
        compare_with_reference({.token = token_of(length),
                                .layout = layout,
                                .outer = 12345,
                                .group_size = kGroupSize,
                                .slice = {.first_row = 0, .rows = kSlow ? 64 : kRowCount}});
      }
    }
  }
  CHECK(forms.size() >= 20);
}

TEST_CASE("sweeps: random tokens, limits, rows and group sizes") {
  std::mt19937 random(7);
  for (int i = 0; i < (kSlow ? 20 : 400); ++i) {
    std::string token(1 + random() % TLSLP_MAX_TOKEN, ' ');
    for (char& letter : token) {
      letter = static_cast<char>(random());
    }
    const Layout layout = choose_layout(
        static_cast<std::uint32_t>(token.size()),
        TLSLP_MIN_SUFFIX_LIMIT +
            static_cast<std::uint32_t>(random() % (TLSLP_MAX_SUFFIX - TLSLP_MIN_SUFFIX_LIMIT + 1)));
    compare_with_reference(
        {.token = token,
         .layout = layout,
         .outer = uint128{random()} * random() % outer_total(layout),
         .group_size = 1 + static_cast<std::uint32_t>(random() % kAlphabetSize),
         .slice = {.first_row = static_cast<std::uint32_t>(random()) % (kRowCount - 16),
                   .rows = kSlow ? 1U : 16U}});
  }
}

}  // namespace tlslp::test
