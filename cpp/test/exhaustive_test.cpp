// Every kernel that this machine can run, on all candidates of a sweep: against the portable
// kernel, and that against a hash that has nothing in common with the library.
#include <doctest/doctest.h>

#include <random>
#include <set>
#include <string>
#include <tuple>

#include "claims.h"
#include "reference.h"
#include "support.h"
#include "sweep.h"

namespace tlslp::test {
namespace {

constexpr std::uint32_t kBits = 8;

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

void compare(const Puzzle& puzzle, bool with_reference) {
  CAPTURE(puzzle.token.size());
  CAPTURE(puzzle.layout.suffix_length);
  CAPTURE(puzzle.group);
  const Hits expected = hits_of(kPortableKernel, puzzle);
  for_every_kernel([&](const Kernel& kernel) {
    CAPTURE(std::string(kernel.name));
    CHECK((&kernel == &kPortableKernel || hits_of(kernel, puzzle) == expected));
  });
  if (!with_reference) {
    return;
  }
  const std::uint32_t entry = puzzle.layout.group_offset ? puzzle.group - 1 : 0;
  std::set<std::uint32_t> inner;
  for (const auto& hit : expected) {
    if (hit.first == entry) {
      inner.insert(hit.second);
    }
  }
  CHECK(inner == hits_of_reference(puzzle, entry));
}

}  // namespace

TEST_CASE("sweeps: all candidates, for every token length, in the long form and the short") {
  std::set<std::tuple<std::uint32_t, bool, bool>> forms;
  for (std::uint32_t length = 1; length <= TLSLP_MAX_TOKEN; ++length) {
    for (const std::uint32_t limit : {16U, 24U, 128U}) {
      const Layout layout = choose_layout(length, limit);
      const bool known =
          !forms.insert({layout.word, layout.group_offset.has_value(), layout.tail}).second;
      // What is between long and short, and all where it is slow: one token for each form.
      if (known && (limit == 24 || kSlow)) {
        continue;
      }
      // As few midstates as show every way in which a kernel takes them: one by itself, several at
      // a time, eight at the most, and what is left over. The hash of the tests is slow and looks
      // at one form of each two neighbouring lengths.
      const bool several = length % 4 == 0;
      compare({.token = token_of(length),
               .layout = layout,
               .outer = 12345,
               .group = kSlow || several ? 11U : 1U,
               .slice = {.first_row = 0, .rows = kSlow ? 64 : kRowCount}},
              !known || (length % 2 == 0) == (limit == 128));
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
    compare({.token = token,
             .layout = layout,
             .outer = uint128{random()} * random() % outer_total(layout),
             .group = 1 + static_cast<std::uint32_t>(random() % kAlphabetSize),
             .slice = {.first_row = static_cast<std::uint32_t>(random()) % (kRowCount - 16),
                       .rows = kSlow ? 1U : 16U}},
            true);
  }
}

}  // namespace tlslp::test
