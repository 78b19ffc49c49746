// Every kernel that this machine can run: slices, group sizes, bits and hit handlers. Whole sweeps
// are in exhaustive_test.cpp.
#include "kernel.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "candidate.h"
#include "hits.h"
#include "kernel_selector.h"
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
  for (std::uint32_t midstate = 0; midstate < sweep.midstate_count; ++midstate) {
    for (std::uint32_t i = 0; i < slice.rows * kAlphabetSize; ++i) {
      const std::uint32_t inner = slice.first_row * kAlphabetSize + i;
      const Digest digest =
          digest_of(bytes_of(puzzle.token), puzzle.layout, {puzzle.outer, midstate, inner});
      if (ends_with_zero_bits(digest, puzzle.bits)) {
        hits.insert({midstate, inner});
      }
    }
  }
  return hits;
}

void compare(const Kernel& kernel, const Puzzle& puzzle, std::uint32_t group_size,
             const Slice& slice) {
  CAPTURE(std::string(kernel.name));
  CAPTURE(puzzle.token.size());
  CAPTURE(puzzle.layout.suffix_length);
  CAPTURE(slice.first_row);
  Sweep sweep;
  prepare(sweep, bytes_of(puzzle.token), puzzle.layout, puzzle.outer, group_size, puzzle.bits);
  Collector collector;
  const std::uint64_t hashed = kernel.search(sweep, slice, collector);
  CHECK(hashed == std::uint64_t{slice.rows} * kAlphabetSize * sweep.midstate_count);
  CHECK(collector.hits == hits_of_reference(puzzle, sweep, slice));
}

bool passes_in_every_form(const Kernel& kernel) {
  return std::ranges::all_of(shapes_by_form(), [&](const std::optional<Shape>& shape) {
    return !shape || passes_self_test(kernel, *shape);
  });
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

TEST_CASE("kernels: they search exactly the rows of a slice") {
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

TEST_CASE("kernels: a known solution with 33 zero bits, more than a kernel checks") {
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
        CHECK(collector.hits == Hits{{known.midstate, known.inner}});
      }
    });
  }
}

TEST_CASE("kernels: the hit handler ends a slice") {
  class AcceptFirst final : public HitHandler {
   public:
    bool accept(std::uint32_t /*midstate*/, std::uint32_t /*inner*/) override {
      ++count;
      return true;
    }
    int count = 0;
  };
  for_every_kernel([](const Kernel& kernel) {
    Sweep sweep;
    prepare(sweep, bytes_of("token"), choose_layout(5, 128), 0, kernel.group_size, 0);
    AcceptFirst handler;
    const std::uint64_t hashed = kernel.search(sweep, {.first_row = 0, .rows = 1}, handler);
    CHECK(handler.count == 1);
    CHECK(hashed > 0);
    CHECK(hashed <= 128);  // one batch
  });
}

TEST_CASE("kernels: correct kernels pass the self-test, faulty ones fail") {
  for_every_kernel([](const Kernel& kernel) { CHECK(passes_in_every_form(kernel)); });

  // Each changes the results of the portable kernel as a fault would.
  Kernel faulty = kPortableKernel;
  SUBCASE("has no hits") {
    faulty.search = [](const Sweep& sweep, const Slice& slice, HitHandler&) {
      return std::uint64_t{slice.rows} * kAlphabetSize * sweep.midstate_count;
    };
  }
  SUBCASE("takes every candidate for a hit") {
    faulty.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
      Sweep easy = sweep;
      easy.last_mask = 0;
      return kPortableKernel.search(easy, slice, handler);
    };
  }
  SUBCASE("reports hits twice") {
    faulty.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
      kPortableKernel.search(sweep, slice, handler);
      return kPortableKernel.search(sweep, slice, handler);
    };
  }
  SUBCASE("skips a midstate") {
    faulty.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
      Sweep shorter = sweep;
      --shorter.midstate_count;
      kPortableKernel.search(shorter, slice, handler);
      return std::uint64_t{slice.rows} * kAlphabetSize * sweep.midstate_count;
    };
  }
  SUBCASE("computes a tail wrongly") {
    faulty.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
      Sweep broken = sweep;
      broken.tail_keyed[60] += 1;
      return kPortableKernel.search(broken, slice, handler);
    };
  }
  SUBCASE("computes a schedule word wrongly") {
    faulty.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
      Sweep broken = sweep;
      broken.constant[40] += 1;
      return kPortableKernel.search(broken, slice, handler);
    };
  }
  SUBCASE("counts wrongly") {
    faulty.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
      return kPortableKernel.search(sweep, slice, handler) + 1;
    };
  }
  CHECK_FALSE(passes_in_every_form(faulty));
}

TEST_CASE("kernels: a kernel that is faulty in one form fails the self-test of that form") {
  static Layout blind;
  Kernel faulty = kPortableKernel;
  faulty.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    Sweep seen = sweep;
    if (blind.word == sweep.word && blind.tail == sweep.tail &&
        blind.midstate_offset.has_value() == (sweep.midstate_count > 1)) {
      seen.last_mask = ~0U;
    }
    return kPortableKernel.search(seen, slice, handler);
  };
  for (const std::optional<Shape>& shape : shapes_by_form()) {
    if (shape) {
      CAPTURE(form_of(shape->layout));
      CHECK(passes_self_test(faulty, *shape));  // so far it is faulty in another form
      blind = shape->layout;
      CHECK_FALSE(passes_self_test(faulty, *shape));
    }
  }
}

}  // namespace tlslp::test
