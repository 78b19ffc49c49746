// The search over a vector type V: one candidate in each of its 32-bit lanes.
//
// A vector of values of the varying word gets its message schedule once; then every midstate of the
// sweep runs through the rounds with it. Which words of the schedule vary is known at compile time
// (there is one instance per varying word), so that no work is done for those that do not.
//
// V is a vector type for the templates in rounds.h that also has
//     static V broadcast(std::uint32_t)       the word in every lane
//     static V load(const std::uint32_t*)     as many words as it has lanes, aligned
//     std::uint32_t zero_lanes() const        one bit for each lane, set where the lane is zero
// Declare it in an anonymous namespace: then the instances below are the file's own, and the linker
// can choose no other file's copy, compiled for another processor.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <utility>

#include "kernel.h"
#include "rounds.h"
#include "sweep.h"

namespace tlslp {

template <class V>
constexpr std::uint32_t kLanes = sizeof(V) / sizeof(std::uint32_t);

template <class V>
using LaneSchedule = std::array<V, kRounds>;

// Rounds of the varying block that count: with a block behind it, all.
template <bool Tail>
constexpr unsigned kBlockRounds = Tail ? kRounds : kRoundsToLastWord;

template <class V>
[[gnu::always_inline]] inline Working<V> broadcast_state(const State& s) {
  return {V::broadcast(s[0]), V::broadcast(s[1]), V::broadcast(s[2]), V::broadcast(s[3]),
          V::broadcast(s[4]), V::broadcast(s[5]), V::broadcast(s[6]), V::broadcast(s[7])};
}

// Brings those words of the keyed schedule (K + W) up to date that vary with the given one.
template <unsigned Word, bool Tail, class V>
[[gnu::always_inline]] inline void schedule(const Sweep& sweep, V word, LaneSchedule<V>& keyed) {
  static constexpr auto kVaries = varying_words(Word);
  LaneSchedule<V> w;
  w[Word] = word;
#pragma GCC unroll 64
  for (unsigned t = 16; t < kBlockRounds<Tail>; ++t) {
    if (!kVaries[t]) {
      continue;
    }
    V sum = V::broadcast(sweep.constant[t]);
    if (kVaries[t - 16]) {
      sum = sum + w[t - 16];
    }
    if (kVaries[t - 15]) {
      sum = sum + small_sigma0(w[t - 15]);
    }
    if (kVaries[t - 7]) {
      sum = sum + w[t - 7];
    }
    if (kVaries[t - 2]) {
      sum = sum + small_sigma1(w[t - 2]);
    }
    w[t] = sum;
    keyed[t] = sum + V::broadcast(kRoundConstants[t]);
  }
}

// The varying block's rounds for one midstate.
template <unsigned Word, bool Tail, class V>
[[gnu::always_inline]] inline Working<V> varying_rounds(const Entry& entry, V word,
                                                        const LaneSchedule<V>& keyed) {
  static constexpr auto kVaries = varying_words(Word);
  Working<V> s = broadcast_state<V>(entry.entered);
  s.a = s.a + word;
  s.e = s.e + word;
#pragma GCC unroll 64
  for (unsigned t = Word + 1; t < kBlockRounds<Tail>; ++t) {
    const bool constant = t <= Word + 3 && !kVaries[t];
    round(s, constant ? V::broadcast(entry.addends[t - Word - 1]) : s.h + keyed[t]);
  }
  return s;
}

// The digests' last words, when a constant block follows the varying one.
template <class V>
[[gnu::always_inline]] inline V tail_rounds(const Sweep& sweep, const State& midstate,
                                            Working<V> s) {
  const Working<V> m = broadcast_state<V>(midstate);
  s = {s.a + m.a, s.b + m.b, s.c + m.c, s.d + m.d, s.e + m.e, s.f + m.f, s.g + m.g, s.h + m.h};
  const V chained = s.h;
#pragma GCC unroll 64
  for (unsigned t = 0; t < kRoundsToLastWord; ++t) {
    round(s, s.h + V::broadcast(sweep.tail_keyed[t]));
  }
  return s.e + chained;
}

// The digests' last words for one midstate.
template <unsigned Word, bool Tail, class V>
[[gnu::always_inline]] inline V last_words(const Sweep& sweep, const Entry& entry, V word,
                                           const LaneSchedule<V>& keyed) {
  const Working<V> s = varying_rounds<Word, Tail>(entry, word, keyed);
  if constexpr (Tail) {
    return tail_rounds(sweep, entry.midstate, s);
  } else {
    return s.e + V::broadcast(entry.midstate[7]);
  }
}

// Lets the judge see the claims of one batch; whether it accepted one.
[[gnu::always_inline]] inline bool judge_lanes(Judge& judge, std::uint32_t lanes,
                                               std::uint32_t entry, std::uint32_t inner) {
  for (; lanes != 0; lanes &= lanes - 1) {
    if (judge.accepts(entry, inner + static_cast<std::uint32_t>(std::countr_zero(lanes)))) {
      return true;
    }
  }
  return false;
}

// Kernel::search for one varying word.
template <class V, unsigned Word, bool Tail>
std::uint64_t search_lanes(const Sweep& sweep, const Slice& slice, Judge& judge) {
  LaneSchedule<V> keyed;
  for (unsigned t = 0; t < kRounds; ++t) {
    keyed[t] = V::broadcast(sweep.constant_keyed[t]);
  }
  const V mask = V::broadcast(sweep.last_mask);

  std::uint64_t hashed = 0;
  for (std::uint32_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
    const V row_part = V::broadcast(row_word(sweep, row));
    for (std::uint32_t column = 0; column < kAlphabetSize; column += kLanes<V>) {
      const V word = row_part | V::load(&sweep.letters[column]);
      schedule<Word, Tail>(sweep, word, keyed);
      for (std::uint32_t i = 0; i < sweep.entry_count; ++i) {
        const V last = last_words<Word, Tail>(sweep, sweep.entries[i], word, keyed);
        hashed += kLanes<V>;
        const std::uint32_t claims = (last & mask).zero_lanes();
        if (claims != 0 && judge_lanes(judge, claims, i, row * kAlphabetSize + column)) {
          return hashed;
        }
      }
    }
  }
  return hashed;
}

// Kernel::search for every word: picks the instance for the sweep's varying word. The layout puts
// it at words 0 to 13, or with a constant block behind at 13 to 15.
template <class V>
std::uint64_t search_any_word(const Sweep& sweep, const Slice& slice, Judge& judge) {
  using Search = std::uint64_t (*)(const Sweep&, const Slice&, Judge&);
  constexpr auto kSingle = []<unsigned... Word>(std::integer_sequence<unsigned, Word...>) {
    return std::array<Search, sizeof...(Word)>{&search_lanes<V, Word, false>...};
  }(std::make_integer_sequence<unsigned, 14>{});
  constexpr std::array<Search, 3> kTailed = {&search_lanes<V, 13, true>, &search_lanes<V, 14, true>,
                                             &search_lanes<V, 15, true>};

  const Search search = sweep.tail ? kTailed[sweep.word - 13] : kSingle[sweep.word];
  return search(sweep, slice, judge);
}

}  // namespace tlslp
