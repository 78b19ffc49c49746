// Which instance of a kernel's templates a sweep needs.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "kernel.h"
#include "sweep.h"

namespace tlslp {

// Kernel::search made of Search::run<Word, Tail>, one instance for each varying word, with and
// without a constant block behind: words 0 to 13, or with a block behind 13 to 15 (layout.h).
template <class Search>
std::uint64_t search_instance(const Sweep& sweep, const Slice& slice, Judge& judge) {
  using Run = std::uint64_t (*)(const Sweep&, const Slice&, Judge&);
  constexpr auto kSingle = []<unsigned... Word>(std::integer_sequence<unsigned, Word...>) {
    return std::array<Run, sizeof...(Word)>{&Search::template run<Word, false>...};
  }(std::make_integer_sequence<unsigned, 14>{});
  constexpr std::array<Run, 3> kTailed = {&Search::template run<13, true>,
                                          &Search::template run<14, true>,
                                          &Search::template run<15, true>};

  const Run run = sweep.tail ? kTailed[sweep.word - 13] : kSingle[sweep.word];
  return run(sweep, slice, judge);
}

}  // namespace tlslp
