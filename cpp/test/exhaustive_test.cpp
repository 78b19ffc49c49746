// Every kernel that this machine can run, on all candidates of a sweep: against the portable
// kernel, and that against what node:crypto says, and a hash that has nothing in common with the
// library.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "claims.h"
#include "reference.h"
#include "support.h"
#include "sweep.h"
#include "vectors.h"

namespace tlslp::test {
namespace {

constexpr std::uint32_t kBits = 8;

// As few midstates as show every way in which a kernel takes them: several at a time, eight at the
// most, and what is left over.
constexpr std::uint32_t kGroup = 11;

struct Puzzle {
  std::string token;
  Layout layout;
  uint128 outer = 0;
  std::uint32_t group = 1;
  Slice slice;
};

Hits hits_of(const Kernel& kernel, const Puzzle& puzzle) {
  Sweep sweep;
  prepare(sweep, bytes_of(puzzle.token), puzzle.layout, puzzle.outer, puzzle.group, kBits);
  Collector collector;
  const std::uint64_t hashed = kernel.search(sweep, puzzle.slice, collector);
  CHECK(hashed == std::uint64_t{puzzle.slice.rows} * kAlphabetSize * sweep.entry_count);
  return collector.hits;
}

// The inner values of one midstate that are hits. Only the last three characters differ.
std::set<std::uint32_t> hits_of_reference(const Puzzle& puzzle, std::uint32_t entry) {
  std::string suffix(puzzle.layout.suffix_length, ' ');
  write_suffix(puzzle.layout, {.outer = puzzle.outer, .group = entry, .inner = 0},
               // NOLINTNEXTLINE(*reinterpret-cast*): text is bytes
               {reinterpret_cast<std::uint8_t*>(suffix.data()), suffix.size()});
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

// What the portable kernel finds, if all others find the same.
Hits hits_of_all(const Puzzle& puzzle) {
  CAPTURE(puzzle.token.size());
  CAPTURE(puzzle.layout.suffix_length);
  CAPTURE(puzzle.group);
  const Hits expected = hits_of(kPortableKernel, puzzle);
  for_every_kernel([&](const Kernel& kernel) {
    CAPTURE(std::string(kernel.name));
    CHECK((&kernel == &kPortableKernel || hits_of(kernel, puzzle) == expected));
  });
  return expected;
}

// Those of one midstate.
std::set<std::uint32_t> inner_values(const Hits& hits, std::uint32_t entry) {
  std::set<std::uint32_t> inner;
  for (const auto& hit : hits) {
    if (hit.first == entry) {
      inner.insert(hit.second);
    }
  }
  return inner;
}

void compare_with_reference(const Puzzle& puzzle) {
  const Hits hits = hits_of_all(puzzle);
  CAPTURE(puzzle.token.size());
  CAPTURE(puzzle.layout.suffix_length);
  const std::uint32_t entry = puzzle.layout.group_offset ? puzzle.group - 1 : 0;
  CHECK(inner_values(hits, entry) == hits_of_reference(puzzle, entry));
}

}  // namespace

TEST_CASE("sweeps: all candidates, in the long form and the short, at every token length" *
          doctest::skip(kSlow)) {
  // Sanitizers and emulators would take an hour: see the next ones.
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
    REQUIRE(layout.suffix_length == limit);  // else it is none that is ever tried
    // Of the long form with as many midstates as lead to this one: two to eleven.
    const Candidate first = candidate_of(layout, suffix);
    const Hits hits = hits_of_all({.token = token_of(length),
                                   .layout = layout,
                                   .outer = first.outer,
                                   .group = std::max(2U, first.group + 1),
                                   .slice = {.first_row = 0, .rows = kRowCount}});
    std::string list;
    for (const std::uint32_t inner : inner_values(hits, first.group)) {
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
                                .group = kGroup,
                                .slice = {.first_row = 0, .rows = kSlow ? 64 : kRowCount}});
      }
    }
  }
  CHECK(forms.size() >= 20);
}

TEST_CASE("sweeps: random tokens, limits, places and groups") {
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
         .group = 1 + static_cast<std::uint32_t>(random() % kAlphabetSize),
         .slice = {.first_row = static_cast<std::uint32_t>(random()) % (kRowCount - 16),
                   .rows = kSlow ? 1U : 16U}});
  }
}

}  // namespace tlslp::test
