// The message schedule of a vector of values of the varying word, one in each lane of V (lanes.h).
//
// Which words of the schedule vary is known at compile time (there is one instance per varying
// word), so that no work is done for those that do not.
#pragma once

#include <array>
#include <cstdint>

#include "rounds.h"
#include "sweep.h"

namespace tlslp {

// K + W of each round.
template <class V>
using LaneSchedule = std::array<V, kRounds>;

// Rounds of the varying block that count: with a block behind it, all.
template <bool Tail>
constexpr unsigned kBlockRounds = Tail ? kRounds : kRoundsToLastWord;

// The part that is the same for all values.
template <class V>
[[gnu::always_inline]] inline LaneSchedule<V> constant_schedule(const Sweep& sweep) {
  LaneSchedule<V> keyed;
  for (unsigned t = 0; t < kRounds; ++t) {
    keyed[t] = V::broadcast(sweep.constant_keyed[t]);
  }
  return keyed;
}

// Brings those words up to date that vary with the given one.
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
