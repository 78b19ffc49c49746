// The search with vectors of type V (lanes.h): one candidate in each lane.
//
// Several vectors go through the rounds side by side, so that the processor works on one while
// another waits for a result. Each of them is called a stream. If the sweep has several midstates,
// the streams are neighbouring midstates, and share one message schedule. If it has only one, the
// streams are neighbouring values of the varying word, each with its own schedule.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "kernel.h"
#include "lane_schedule.h"
#include "layout.h"
#include "rounds.h"
#include "search_by_form.h"
#include "sweep.h"

namespace tlslp {

// A vector of values of the varying word, and their message schedules.
template <class V>
struct LaneValues {
  V word;
  LaneSchedule<V> keyed;
  std::uint32_t inner;  // the inner value of the first lane
};

// A vector of candidates: these values with this midstate.
template <class V>
struct Stream {
  const LaneValues<V>* values;
  const Midstate* midstate;
  std::uint32_t midstate_index;
};

template <class V>
[[gnu::always_inline]] inline Working<V> broadcast_state(const State& s) {
  return {V::broadcast(s[0]), V::broadcast(s[1]), V::broadcast(s[2]), V::broadcast(s[3]),
          V::broadcast(s[4]), V::broadcast(s[5]), V::broadcast(s[6]), V::broadcast(s[7])};
}

// Returns the working variables after the round of the varying word.
template <class V>
[[gnu::always_inline]] inline Working<V> first_state(const Stream<V>& stream) {
  Working<V> s = broadcast_state<V>(stream.midstate->advanced);
  s.a = s.a + stream.values->word;
  s.e = s.e + stream.values->word;
  return s;
}

// Returns h + K + W of a later round.
template <unsigned Word, class V>
[[gnu::always_inline]] inline V addend(const Stream<V>& stream, const Working<V>& s, unsigned t) {
  constexpr auto kVaries = varying_words(Word);
  const bool constant = t <= Word + 3 && !kVaries[t];
  return constant ? V::broadcast(stream.midstate->addends[t - Word - 1])
                  : s.h + stream.values->keyed[t];
}

// Adds a chaining value to the working variables.
template <class V>
[[gnu::always_inline]] inline void add_state(Working<V>& s, const State& state) {
  const Working<V> m = broadcast_state<V>(state);
  s = {s.a + m.a, s.b + m.b, s.c + m.c, s.d + m.d, s.e + m.e, s.f + m.f, s.g + m.g, s.h + m.h};
}

// Calls `round_at(t)` for t from First to End - 1. If Looped, most calls are in a loop, eight in
// each turn: after eight rounds every working variable is back in its register. The first and the
// last rounds stay outside the loop, because some of them are simpler.
template <unsigned First, unsigned End, bool Looped, class Round>
[[gnu::always_inline]] inline void do_rounds(const Round& round_at) {
  constexpr unsigned kTurn = 8;
  constexpr unsigned kBefore = 3;
  constexpr unsigned kAfter = 4;
  constexpr unsigned kTurns = Looped ? (End - First - kBefore - kAfter) / kTurn : 0;
  constexpr unsigned kLoopEnd = kTurns == 0 ? End : End - kAfter;
  constexpr unsigned kLoopFirst = kLoopEnd - kTurns * kTurn;
#pragma GCC unroll 64
  for (unsigned t = First; t < kLoopFirst; ++t) {
    round_at(t);
  }
#pragma GCC unroll 1
  for (unsigned turn = kLoopFirst; turn < kLoopEnd; turn += kTurn) {
#pragma GCC unroll 8
    for (unsigned i = 0; i < kTurn; ++i) {
      round_at(turn + i);
    }
  }
#pragma GCC unroll 64
  for (unsigned t = kLoopEnd; t < End; ++t) {
    round_at(t);
  }
}

// Returns the last words of the digests. The pack expansions run over the streams: each step is
// done for all streams before the next step.
template <unsigned Word, bool Tail, class V, std::size_t... I>
[[gnu::always_inline]] inline std::array<V, sizeof...(I)> last_words(
    const Sweep& sweep, const std::array<Stream<V>, sizeof...(I)>& streams,
    std::index_sequence<I...> /*unused*/) {
  // Without a loop in the forms that most searches have. Other forms would not become faster, and
  // would make the library nearly twice as large.
  constexpr bool kLooped = Word != kCheapestWord || Tail;
  std::array<Working<V>, sizeof...(I)> s = {first_state(streams[I])...};
  do_rounds<Word + 1, kBlockRounds<Tail>, kLooped>([&](unsigned t) __attribute__((always_inline)) {
    (round(s[I], addend<Word>(streams[I], s[I], t)), ...);
  });
  if constexpr (!Tail) {
    return {(s[I].e + V::broadcast(streams[I].midstate->state[7]))...};
  }
  (add_state(s[I], streams[I].midstate->state), ...);
  const std::array<V, sizeof...(I)> chained = {s[I].h...};
  do_rounds<0, kRoundsToLastWord, kLooped>([&](unsigned t) __attribute__((always_inline)) {
    const V keyed = V::broadcast(sweep.tail_keyed[t]);
    (round(s[I], s[I].h + keyed), ...);
  });
  return {(s[I].e + chained[I])...};
}

// Passes the hits on, and returns whether the handler accepted one.
template <class V, std::size_t Count>
[[gnu::always_inline]] inline bool handle_hits(const Sweep& sweep,
                                               const std::array<Stream<V>, Count>& streams,
                                               const std::array<V, Count>& last,
                                               HitHandler& handler) {
  const V mask = V::broadcast(sweep.last_mask);
  for (std::size_t i = 0; i < Count; ++i) {
    std::uint32_t hits = zero_lanes(last[i] & mask);
    for (; hits != 0; hits &= hits - 1) {
      const auto lane = static_cast<std::uint32_t>(std::countr_zero(hits));
      if (handler.accept(streams[i].midstate_index, streams[i].values->inner + lane)) {
        return true;
      }
    }
  }
  return false;
}

// Hashes the candidates of the streams, and returns whether the handler accepted a hit.
template <unsigned Word, bool Tail, class V, std::size_t Count>
[[gnu::always_inline]] inline bool search_streams(const Sweep& sweep,
                                                  const std::array<Stream<V>, Count>& streams,
                                                  HitHandler& handler) {
  const auto last = last_words<Word, Tail>(sweep, streams, std::make_index_sequence<Count>{});
  return handle_hits(sweep, streams, last, handler);
}

// Returns streams of neighbouring midstates with the same values.
template <class V, std::size_t... I>
[[gnu::always_inline]] inline std::array<Stream<V>, sizeof...(I)> group_streams(
    const Sweep& sweep, const LaneValues<V>& values, std::uint32_t midstate,
    std::index_sequence<I...> /*unused*/) {
  return {Stream<V>{&values, &sweep.midstates[midstate + I],
                    static_cast<std::uint32_t>(midstate + I)}...};
}

// Returns streams of the only midstate with different values.
template <class V, std::size_t... I>
[[gnu::always_inline]] inline std::array<Stream<V>, sizeof...(I)> single_streams(
    const Sweep& sweep, const std::array<LaneValues<V>, sizeof...(I)>& values,
    std::index_sequence<I...> /*unused*/) {
  return {Stream<V>{&values[I], sweep.midstates.data(), 0}...};
}

// Sets the values that begin at this column of a row, and computes their schedules.
template <unsigned Word, bool Tail, class V>
[[gnu::always_inline]] inline void prepare_values(LaneValues<V>& values, const Sweep& sweep,
                                                  std::uint32_t row, std::uint32_t column) {
  values.word = V::broadcast(row_word(sweep, row)) | V::load(&sweep.letters[column]);
  values.inner = row * kAlphabetSize + column;
  schedule<Word, Tail>(sweep, values.word, values.keyed);
}

// Kernel::search for vectors of type V (see search_by_form.h). GroupStreams is the number of
// streams if the sweep has several midstates, SingleStreams if it has one.
template <class V, std::uint32_t GroupStreams, std::uint32_t SingleStreams>
struct LaneSearch {
  static constexpr std::uint32_t kMidstatesAtOnce = GroupStreams;

  template <unsigned Word>
  static std::uint64_t run_group(const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    constexpr std::make_index_sequence<GroupStreams> kStreams;
    constexpr std::make_index_sequence<1> kOneStream;
    LaneValues<V> values = {.word = {}, .keyed = constant_schedule<V>(sweep), .inner = 0};
    std::uint64_t hashed = 0;
    for (std::uint32_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
      for (std::uint32_t column = 0; column < kAlphabetSize; column += V::kCount) {
        prepare_values<Word, false>(values, sweep, row, column);
        std::uint32_t midstate = 0;
        for (; midstate + GroupStreams <= sweep.midstate_count; midstate += GroupStreams) {
          hashed += GroupStreams * V::kCount;
          if (search_streams<Word, false>(sweep, group_streams(sweep, values, midstate, kStreams),
                                          handler)) {
            return hashed;
          }
        }
        if constexpr (GroupStreams > 1) {
          for (; midstate < sweep.midstate_count; ++midstate) {
            hashed += V::kCount;
            if (search_streams<Word, false>(
                    sweep, group_streams(sweep, values, midstate, kOneStream), handler)) {
              return hashed;
            }
          }
        }
      }
    }
    return hashed;
  }

  template <unsigned Word, bool Tail>
  static std::uint64_t run_single(const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    constexpr std::make_index_sequence<SingleStreams> kStreams;
    constexpr std::uint32_t kStep = SingleStreams * V::kCount;
    static_assert(kAlphabetSize % kStep == 0);
    std::array<LaneValues<V>, SingleStreams> values;
    values.fill(LaneValues<V>{.word = {}, .keyed = constant_schedule<V>(sweep), .inner = 0});
    std::uint64_t hashed = 0;
    for (std::uint32_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
      for (std::uint32_t column = 0; column < kAlphabetSize; column += kStep) {
        for (std::uint32_t i = 0; i < SingleStreams; ++i) {
          prepare_values<Word, Tail>(values[i], sweep, row, column + i * V::kCount);
        }
        hashed += kStep;
        if (search_streams<Word, Tail>(sweep, single_streams(sweep, values, kStreams), handler)) {
          return hashed;
        }
      }
    }
    return hashed;
  }
};

}  // namespace tlslp
