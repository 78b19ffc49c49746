// Where the characters lie, for every token length and every suffix limit.
#include "layout.h"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "support.h"

namespace tlslp::test {
namespace {

template <class Body>
void for_every_task(Body body) {
  for (std::uint32_t token = 1; token <= TLSLP_MAX_TOKEN; ++token) {
    for (std::uint32_t limit = TLSLP_MIN_SUFFIX_LIMIT; limit <= TLSLP_MAX_SUFFIX; ++limit) {
      CAPTURE(token);
      CAPTURE(limit);
      body(token, limit, choose_layout(token, limit));
    }
  }
}

}  // namespace

TEST_CASE("layout: the suffix fits, and its inner characters end it within one word") {
  for_every_task([](std::uint32_t token, std::uint32_t limit, const Layout& layout) {
    CHECK(layout.suffix_length <= limit);
    CHECK(layout.inner_offset + 3 == layout.suffix_length);
    const std::uint32_t first = token + layout.inner_offset;
    const std::uint32_t last = first + 2;
    CHECK(first / 4 == last / 4);
    CHECK(first / 64 == layout.block);
    CHECK(first % 64 / 4 == layout.word);
    CHECK(layout.shift == 8 * (3 - last % 4));
  });
}

TEST_CASE("layout: a tail follows exactly if the padding does not fit") {
  for_every_task([](std::uint32_t token, std::uint32_t, const Layout& layout) {
    const std::uint32_t padded_blocks = (token + layout.suffix_length + 9 + 63) / 64;
    CHECK(layout.block + (layout.tail ? 2 : 1) == padded_blocks);
    CHECK(layout.word >= (layout.tail ? 13 : 0));
    CHECK(layout.word <= (layout.tail ? 15 : 13));
    CHECK_FALSE((layout.tail && layout.midstate_offset));  // kernels have no code for both
  });
}

TEST_CASE("layout: there is a shape for each form that occurs, and for no other") {
  std::set<std::uint32_t> forms;
  for_every_task(
      [&](std::uint32_t, std::uint32_t, const Layout& layout) { forms.insert(form_of(layout)); });
  for (std::uint32_t form = 0; form < kForms; ++form) {
    const std::optional<Shape>& shape = shapes_by_form()[form];
    CHECK(shape.has_value() == forms.contains(form));
    CHECK((!shape || form_of(shape->layout) == form));
  }
}

TEST_CASE("layout: two have the same form exactly if they need the same code of a kernel") {
  std::map<std::uint32_t, std::tuple<std::uint32_t, bool, bool>> asked;
  for_every_task([&](std::uint32_t, std::uint32_t, const Layout& layout) {
    const std::tuple asks = {layout.word, layout.midstate_offset.has_value(), layout.tail};
    CHECK(form_of(layout) < kForms);
    CHECK(asked.try_emplace(form_of(layout), asks).first->second == asks);
  });
  std::set<std::tuple<std::uint32_t, bool, bool>> all;
  for (const auto& [form, asks] : asked) {
    all.insert(asks);
  }
  CHECK(all.size() == asked.size());
}

TEST_CASE("layout: the midstate character is the last of the block before") {
  for_every_task([](std::uint32_t token, std::uint32_t, const Layout& layout) {
    const bool reaches_back = layout.block * 64 > token;
    CHECK(layout.midstate_offset.has_value() == reaches_back);
    if (layout.midstate_offset) {
      CHECK(token + *layout.midstate_offset + 1 == layout.block * 64);
    }
  });
}

TEST_CASE("layout: at least 2^70 candidates, and 13 characters before the inner if they fit") {
  for_every_task([](std::uint32_t, std::uint32_t, const Layout& layout) {
    const std::uint32_t midstate = layout.midstate_offset ? 1 : 0;
    CHECK(6 * (layout.outer_count + midstate + 3) >= 70);
    CHECK(layout.outer_count + midstate + 3 <= layout.suffix_length);
    if (layout.suffix_length >= 16) {
      CHECK(layout.outer_count + midstate >= 13);
    }
  });
}

TEST_CASE("layout: from these limits on, the cheap forms are always possible") {
  for_every_task([](std::uint32_t, std::uint32_t limit, const Layout& layout) {
    if (limit >= 75) {
      CHECK_FALSE(layout.tail);
      CHECK((layout.midstate_offset.has_value() || layout.word == 13));
    }
    if (limit >= 119) {
      CHECK(layout.midstate_offset.has_value());
      CHECK(layout.word == 13);
    }
  });
}

TEST_CASE("layout: no other suffix length within the limit is cheaper") {
  // How many words of a schedule depend on each word of the block, itself included.
  std::vector<std::uint32_t> varying;
  for (std::uint32_t word = 0; word < 16; ++word) {
    std::set<std::uint32_t> words = {word};
    for (std::uint32_t t = 16; t < 64; ++t) {
      for (const std::uint32_t ago : {2U, 7U, 15U, 16U}) {
        if (words.contains(t - ago)) {
          words.insert(t);
        }
      }
    }
    varying.push_back(static_cast<std::uint32_t>(words.size()));
  }
  // Computes the cost of a candidate from the lengths alone, in quarters of a round: four for each
  // round, and three for each schedule word that is not shared.
  const auto cost = [&](std::uint32_t token, std::uint32_t suffix) {
    const std::uint32_t end = token + suffix;
    const std::uint32_t block_start = (end - 3) / 64 * 64;
    const std::uint32_t word = (end - 3 - block_start) / 4;
    const bool tail = end % 64 > 55 || end % 64 == 0;
    const bool shared = block_start > token;
    return 4 * (64 - word) + (shared ? 0 : 3 * varying[word]) + (tail ? 400 : 0);
  };
  for_every_task([&](std::uint32_t token, std::uint32_t limit, const Layout& layout) {
    for (std::uint32_t length = 12; length <= limit; ++length) {
      if ((token + length - 3) % 4 <= 1 &&
          cost(token, length) < cost(token, layout.suffix_length)) {
        FAIL_CHECK("length " << length << " is cheaper");
      }
    }
  });
}

TEST_CASE("layout: examples worked out by hand") {
  const Layout longest = choose_layout(64, 128);
  CHECK(longest.suffix_length == 119);
  CHECK(longest.midstate_offset == 63);
  CHECK(longest.word == 13);

  const Layout alone = choose_layout(43, 16);
  CHECK(alone.suffix_length == 12);
  CHECK_FALSE(alone.midstate_offset.has_value());
  CHECK(alone.word == 13);

  // The rounds that words 9 and 10 save are fewer than the schedule words that they add.
  for (const std::uint32_t limit : {35U, 39U, 43U, 46U}) {
    CHECK(choose_layout(64, limit).word == 8);
  }
  CHECK(choose_layout(64, 47).word == 11);

  const Layout tailed = choose_layout(46, 16);
  CHECK(tailed.suffix_length == 13);
  CHECK(tailed.tail);
  CHECK(tailed.word == 14);
}

}  // namespace tlslp::test
