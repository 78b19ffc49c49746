// Which instance of a kernel's templates a sweep needs.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "kernel.h"
#include "self_test.h"
#include "sweep.h"

namespace tlslp {

// Kernel::search made of Search::run_group<Word>, for many midstates, and Search::run_single<Word,
// Tail>, for one: an instance for each varying word, 0 to 13. A constant block behind comes with
// one midstate only, and words 13 to 15 (layout.h). Search::kMidstates is how many of many it takes
// at a time.
template <class Search>
std::uint64_t search_instance(const Sweep& sweep, const Slice& slice, Judge& judge) {
  static_assert(Search::kMidstates == 1 || (Search::kMidstates < kSelfTestMidstates &&
                                            kSelfTestMidstates % Search::kMidstates != 0),
                "the self-test does not see both what is taken at a time and what is left over");
  using Run = std::uint64_t (*)(const Sweep&, const Slice&, Judge&);
  constexpr std::make_integer_sequence<unsigned, 14> kWords;
  constexpr auto kGroup = []<unsigned... Word>(std::integer_sequence<unsigned, Word...>) {
    return std::array<Run, sizeof...(Word)>{&Search::template run_group<Word>...};
  }(kWords);
  constexpr auto kSingle = []<unsigned... Word>(std::integer_sequence<unsigned, Word...>) {
    return std::array<Run, sizeof...(Word)>{&Search::template run_single<Word, false>...};
  }(kWords);
  constexpr std::array<Run, 3> kTailed = {&Search::template run_single<13, true>,
                                          &Search::template run_single<14, true>,
                                          &Search::template run_single<15, true>};

  const Run run = sweep.entry_count > 1 ? kGroup[sweep.word]
                  : sweep.tail          ? kTailed[sweep.word - 13]
                                        : kSingle[sweep.word];
  return run(sweep, slice, judge);
}

}  // namespace tlslp
