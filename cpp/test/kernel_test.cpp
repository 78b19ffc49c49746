// Every kernel that this machine can run: slices, groups, bits, judges. Whole sweeps are in
// exhaustive_test.cpp.
#include "kernel.h"

#include <doctest/doctest.h>

#include <compare>
#include <set>

#include "candidate.h"
#include "claims.h"
#include "kernels.h"
#include "self_test.h"
#include "support.h"
#include "zero_bits.h"

namespace tlslp::test {
namespace {

struct Puzzle {
  std::string token;
  Layout layout;
  uint128 outer = 0;
  std::uint32_t bits = 8;
};

Hits hits_of_reference(const Puzzle& puzzle, const Sweep& sweep, const Slice& slice) {
  Hits hits;
  for (std::uint32_t entry = 0; entry < sweep.entry_count; ++entry) {
    for (std::uint32_t i = 0; i < slice.rows * kAlphabetSize; ++i) {
      const std::uint32_t inner = slice.first_row * kAlphabetSize + i;
      const Digest digest =
          digest_of(bytes_of(puzzle.token), puzzle.layout, {puzzle.outer, entry, inner});
      if (ends_with_zero_bits(digest, puzzle.bits)) {
        hits.insert({entry, inner});
      }
    }
  }
  return hits;
}

void compare(const Kernel& kernel, const Puzzle& puzzle, std::uint32_t group, const Slice& slice) {
  CAPTURE(std::string(kernel.name));
  CAPTURE(puzzle.token.size());
  CAPTURE(puzzle.layout.suffix_length);
  CAPTURE(slice.first_row);
  Sweep sweep;
  prepare(sweep, bytes_of(puzzle.token), puzzle.layout, puzzle.outer, group, puzzle.bits);
  Collector collector;
  const std::uint64_t hashed = kernel.search(sweep, slice, collector);
  CHECK(hashed == std::uint64_t{slice.rows} * kAlphabetSize * sweep.entry_count);
  CHECK(collector.hits == hits_of_reference(puzzle, sweep, slice));
}

}  // namespace

TEST_CASE("kernels: any number of midstates, from one to all") {
  const Puzzle puzzle = {token_of(33), choose_layout(33, 128)};
  for_every_kernel([&](const Kernel& kernel) {
    for (std::uint32_t group = 1; group <= (kSlow ? 11 : kAlphabetSize); ++group) {
      compare(kernel, puzzle, group, {.first_row = group, .rows = 1});
    }
  });
}

TEST_CASE("kernels: a slice is neither more nor less than its rows") {
  const Puzzle puzzle = {.token = "token", .layout = choose_layout(5, 60), .bits = 0};
  for_every_kernel([&](const Kernel& kernel) {
    for (const Slice& slice : {Slice{0, 1}, Slice{kRowCount - 1, 1}, Slice{63, 3}, Slice{7, 64}}) {
      compare(kernel, puzzle, 1, slice);
    }
  });
}

TEST_CASE("kernels: every number of bits up to 16") {
  for_every_kernel([](const Kernel& kernel) {
    for (std::uint32_t bits = 0; bits <= 16; ++bits) {
      const Puzzle puzzle = {.token = "bits", .layout = choose_layout(4, 128), .bits = bits};
      compare(kernel, puzzle, kSlow ? 11 : kAlphabetSize, {.first_row = 100, .rows = 4});
    }
  });
}

TEST_CASE("kernels: a known solution with 33 zero bits, more than a kernel looks at") {
  struct Known {
    std::uint32_t limit;
    std::string suffix;
  };
  const std::vector<Known> all = {
      {128, std::string(58, 'A') + 'v' + std::string(50, 'A') + "BATEe"},
      {16, "AAAAAAAAD1VMlu"},
  };
  for (const auto& [limit, suffix] : all) {
    REQUIRE(solves("token", suffix, 33));
    const Layout layout = choose_layout(5, limit);
    const Candidate known = candidate_of(layout, suffix);
    for_every_kernel([&](const Kernel& kernel) {
      for (const std::uint32_t bits : {32U, 33U, 64U}) {
        Sweep sweep;
        prepare(sweep, bytes_of("token"), layout, known.outer, kAlphabetSize, bits);
        Collector collector;
        kernel.search(sweep, {.first_row = known.inner / kAlphabetSize, .rows = 1}, collector);
        CHECK(collector.hits == Hits{{known.group, known.inner}});
      }
    });
  }
}

TEST_CASE("kernels: the judge ends a slice") {
  class First final : public Judge {
   public:
    bool accepts(std::uint32_t /*entry*/, std::uint32_t /*inner*/) override {
      ++asked;
      return true;
    }
    int asked = 0;
  };
  for_every_kernel([](const Kernel& kernel) {
    Sweep sweep;
    prepare(sweep, bytes_of("token"), choose_layout(5, 128), 0, kernel.group, 0);
    First judge;
    const std::uint64_t hashed = kernel.search(sweep, {.first_row = 0, .rows = 1}, judge);
    CHECK(judge.asked == 1);
    CHECK(hashed > 0);
    CHECK(hashed <= 128);  // one batch
  });
}

TEST_CASE("kernels: the self-test passes a right kernel and no wrong one") {
  for_every_kernel([](const Kernel& kernel) { CHECK(passes_self_test(kernel)); });

  // Each does to the portable kernel's claims what a fault would.
  Kernel wrong = kPortableKernel;
  SUBCASE("claims nothing") {
    wrong.search = [](const Sweep& sweep, const Slice& slice, Judge&) {
      return std::uint64_t{slice.rows} * kAlphabetSize * sweep.entry_count;
    };
  }
  SUBCASE("claims everything") {
    wrong.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
      Sweep easy = sweep;
      easy.last_mask = 0;
      return kPortableKernel.search(easy, slice, judge);
    };
  }
  SUBCASE("claims twice") {
    wrong.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
      kPortableKernel.search(sweep, slice, judge);
      return kPortableKernel.search(sweep, slice, judge);
    };
  }
  SUBCASE("forgets a midstate") {
    wrong.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
      Sweep shorter = sweep;
      --shorter.entry_count;
      kPortableKernel.search(shorter, slice, judge);
      return std::uint64_t{slice.rows} * kAlphabetSize * sweep.entry_count;
    };
  }
  SUBCASE("gets a tail wrong") {
    wrong.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
      Sweep broken = sweep;
      broken.tail_keyed[60] += 1;
      return kPortableKernel.search(broken, slice, judge);
    };
  }
  SUBCASE("gets a schedule word wrong") {
    wrong.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
      Sweep broken = sweep;
      broken.constant[40] += 1;
      return kPortableKernel.search(broken, slice, judge);
    };
  }
  SUBCASE("counts wrongly") {
    wrong.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
      return kPortableKernel.search(sweep, slice, judge) + 1;
    };
  }
  CHECK_FALSE(passes_self_test(wrong));
}

TEST_CASE("kernels: the self-test fails a kernel that is wrong in one form only") {
  static Layout blind;
  Kernel wrong = kPortableKernel;
  wrong.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
    Sweep seen = sweep;
    if (blind.word == sweep.word && blind.tail == sweep.tail &&
        blind.group_offset.has_value() == (sweep.entry_count > 1)) {
      seen.last_mask = ~0U;
    }
    return kPortableKernel.search(seen, slice, judge);
  };
  std::set<std::uint32_t> forms;
  for (std::uint32_t length = 1; length <= TLSLP_MAX_TOKEN; ++length) {
    for (std::uint32_t limit = TLSLP_MIN_SUFFIX_LIMIT; limit <= TLSLP_MAX_SUFFIX; ++limit) {
      const Shape shape = shape_of(length, limit);
      if (forms.insert(form_of(shape.layout)).second) {
        CAPTURE(length);
        CAPTURE(limit);
        CHECK(passes_self_test(wrong, shape));  // so far it is another form that is wrong
        blind = shape.layout;
        CHECK_FALSE(passes_self_test(wrong, shape));
        CHECK_FALSE(passes_self_test(wrong));
      }
    }
  }
}

}  // namespace tlslp::test
