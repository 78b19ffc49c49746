// The message schedules of a vector of values of the varying word, one in each lane of V (lanes.h).
//
// The position of the varying word is a template argument, so the compiler knows which words of the
// schedule vary, and no code computes the others.
#pragma once

#include <array>
#include <cstdint>

#include "rounds.h"
#include "sweep.h"

namespace tlslp {

// K + W of each round, in each lane.
template <class V>
using LaneSchedule = std::array<V, kRounds>;

// How many rounds of the varying block are needed: all of them if a tail follows.
template <bool Tail>
constexpr unsigned kBlockRounds = Tail ? kRounds : kRoundsToLastWord;

// Returns the schedule with only the constant terms: correct for the words that do not vary.
template <class V>
[[gnu::always_inline]] inline LaneSchedule<V> constant_schedule(const Sweep& sweep) {
  LaneSchedule<V> keyed;
  for (unsigned t = 0; t < kRounds; ++t) {
    keyed[t] = V::broadcast(sweep.constant_keyed[t]);
  }
  return keyed;
}

// Updates the words that vary, for these values of the varying word.
template <unsigned Word, bool Tail, class V>
[[gnu::always_inline]] inline void schedule(const Sweep& sweep, V word, LaneSchedule<V>& keyed) {
  static constexpr auto kVaries = varying_words(Word);
  LaneSchedule<V> w;
  w[Word] = word;
  keyed[Word] = word + V::broadcast(sweep.constant_keyed[Word]);
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

}  // namespace tlslp
