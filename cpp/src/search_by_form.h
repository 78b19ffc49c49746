// Picks the template instance of a kernel for the form of a sweep.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "kernel.h"
#include "layout.h"
#include "self_test.h"
#include "sweep.h"

namespace tlslp {

// Implements Kernel::search with the functions of the class `Search`:
//
//     Search::run_group<Word>           searches a sweep with many midstates
//     Search::run_single<Word, Tail>    searches a sweep with one midstate
//     Search::kMidstatesAtOnce          how many midstates run_group takes at a time
//
// Word is the varying word. Without a tail it is 0 to kCheapestWord. A tail comes only with one
// midstate, and with the words from kCheapestWord to 15 (layout.h).
template <class Search>
std::uint64_t search_by_form(const Sweep& sweep, const Slice& slice, HitHandler& handler) {
  static_assert(
      Search::kMidstatesAtOnce == 1 || (Search::kMidstatesAtOnce < kSelfTestMidstates &&
                                        kSelfTestMidstates % Search::kMidstatesAtOnce != 0),
      "the self-test must reach the code for several midstates and for the rest");
  using Run = std::uint64_t (*)(const Sweep&, const Slice&, HitHandler&);
  constexpr std::make_integer_sequence<unsigned, kCheapestWord + 1> kWords;
  constexpr auto kGroup = []<unsigned... Word>(std::integer_sequence<unsigned, Word...>) {
    return std::array<Run, sizeof...(Word)>{&Search::template run_group<Word>...};
  }(kWords);
  constexpr auto kSingle = []<unsigned... Word>(std::integer_sequence<unsigned, Word...>) {
    return std::array<Run, sizeof...(Word)>{&Search::template run_single<Word, false>...};
  }(kWords);
  static_assert(kCheapestWord == 13, "the words with a tail are 13, 14 and 15");
  constexpr std::array<Run, 3> kTailed = {&Search::template run_single<13, true>,
                                          &Search::template run_single<14, true>,
                                          &Search::template run_single<15, true>};

  const Run run = sweep.midstate_count > 1 ? kGroup[sweep.word]
                  : sweep.tail             ? kTailed[sweep.word - kCheapestWord]
                                           : kSingle[sweep.word];
  return run(sweep, slice, handler);
}

}  // namespace tlslp
