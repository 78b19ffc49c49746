// The search over a vector type V (lanes.h): one candidate in each lane.
//
// Several vectors go through the rounds side by side, so that the operations of one fill the time
// in which another waits for its last result. Each is called a stream. Where the sweep has several
// midstates they are the streams, and share one message schedule; where it has only one, the
// streams are neighbouring values of the varying word, each with a schedule of its own.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "instances.h"
#include "kernel.h"
#include "lane_schedule.h"
#include "rounds.h"
#include "sweep.h"

namespace tlslp {

// Values of the varying word, and what comes of them.
template <class V>
struct LaneValues {
  V word;
  LaneSchedule<V> keyed;
  std::uint32_t inner;  // the first one's number
};

// One vector of candidates: these values with this midstate.
template <class V>
struct Stream {
  const LaneValues<V>* values;
  const Entry* entry;
  std::uint32_t entry_index;
};

template <class V>
[[gnu::always_inline]] inline Working<V> broadcast_state(const State& s) {
  return {V::broadcast(s[0]), V::broadcast(s[1]), V::broadcast(s[2]), V::broadcast(s[3]),
          V::broadcast(s[4]), V::broadcast(s[5]), V::broadcast(s[6]), V::broadcast(s[7])};
}

// The state after the varying word's round.
template <class V>
[[gnu::always_inline]] inline Working<V> enter(const Stream<V>& stream) {
  Working<V> s = broadcast_state<V>(stream.entry->entered);
  s.a = s.a + stream.values->word;
  s.e = s.e + stream.values->word;
  return s;
}

// h + K + W of a round after it.
template <unsigned Word, class V>
[[gnu::always_inline]] inline V addend(const Stream<V>& stream, const Working<V>& s, unsigned t) {
  constexpr auto kVaries = varying_words(Word);
  const bool constant = t <= Word + 3 && !kVaries[t];
  return constant ? V::broadcast(stream.entry->addends[t - Word - 1])
                  : s.h + stream.values->keyed[t];
}

template <class V>
[[gnu::always_inline]] inline void add_state(Working<V>& s, const State& state) {
  const Working<V> m = broadcast_state<V>(state);
  s = {s.a + m.a, s.b + m.b, s.c + m.c, s.d + m.d, s.e + m.e, s.f + m.f, s.g + m.g, s.h + m.h};
}

// Calls `round_at(t)` for the rounds from First to before End. Where most of them are in a loop, a
// turn of it is eight rounds, after which every working variable is back in its place. The first
// and the last rounds, of which some are simpler than others, stand outside.
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

// The digests' last words. The expansions are over the streams: each step is done for all of them
// before the next.
template <unsigned Word, bool Tail, class V, std::size_t... I>
[[gnu::always_inline]] inline std::array<V, sizeof...(I)> last_words(
    const Sweep& sweep, const std::array<Stream<V>, sizeof...(I)>& streams,
    std::index_sequence<I...> /*unused*/) {
  // Straight on in the forms that most searches have. The others gain nothing by it, and would make
  // the library nearly twice as large.
  constexpr bool kLooped = Word != 13 || Tail;
  std::array<Working<V>, sizeof...(I)> s = {enter(streams[I])...};
  do_rounds<Word + 1, kBlockRounds<Tail>, kLooped>([&](unsigned t) __attribute__((always_inline)) {
    (round(s[I], addend<Word>(streams[I], s[I], t)), ...);
  });
  if constexpr (!Tail) {
    return {(s[I].e + V::broadcast(streams[I].entry->midstate[7]))...};
  }
  (add_state(s[I], streams[I].entry->midstate), ...);
  const std::array<V, sizeof...(I)> chained = {s[I].h...};
  do_rounds<0, kRoundsToLastWord, kLooped>([&](unsigned t) __attribute__((always_inline)) {
    const V keyed = V::broadcast(sweep.tail_keyed[t]);
    (round(s[I], s[I].h + keyed), ...);
  });
  return {(s[I].e + chained[I])...};
}

// Lets the judge see the claims; whether it accepted one.
template <class V, std::size_t Count>
[[gnu::always_inline]] inline bool any_accepted(const Sweep& sweep,
                                                const std::array<Stream<V>, Count>& streams,
                                                const std::array<V, Count>& last, Judge& judge) {
  const V mask = V::broadcast(sweep.last_mask);
  for (std::size_t i = 0; i < Count; ++i) {
    std::uint32_t claims = zero_lanes(last[i] & mask);
    for (; claims != 0; claims &= claims - 1) {
      const auto lane = static_cast<std::uint32_t>(std::countr_zero(claims));
      if (judge.accepts(streams[i].entry_index, streams[i].values->inner + lane)) {
        return true;
      }
    }
  }
  return false;
}

// Hashes the streams' candidates and judges the claims.
template <unsigned Word, bool Tail, class V, std::size_t Count>
[[gnu::always_inline]] inline bool search_streams(const Sweep& sweep,
                                                  const std::array<Stream<V>, Count>& streams,
                                                  Judge& judge) {
  const auto last = last_words<Word, Tail>(sweep, streams, std::make_index_sequence<Count>{});
  return any_accepted(sweep, streams, last, judge);
}

// Neighbouring midstates with the same values.
template <class V, std::size_t... I>
[[gnu::always_inline]] inline std::array<Stream<V>, sizeof...(I)> group_streams(
    const Sweep& sweep, const LaneValues<V>& values, std::uint32_t entry,
    std::index_sequence<I...> /*unused*/) {
  return {Stream<V>{&values, &sweep.entries[entry + I], static_cast<std::uint32_t>(entry + I)}...};
}

// The only midstate with each of the values.
template <class V, std::size_t... I>
[[gnu::always_inline]] inline std::array<Stream<V>, sizeof...(I)> single_streams(
    const Sweep& sweep, const std::array<LaneValues<V>, sizeof...(I)>& values,
    std::index_sequence<I...> /*unused*/) {
  return {Stream<V>{&values[I], sweep.entries.data(), 0}...};
}

// Works out the schedule for the values from this column of a row.
template <unsigned Word, bool Tail, class V>
[[gnu::always_inline]] inline void fill(LaneValues<V>& values, const Sweep& sweep,
                                        std::uint32_t row, std::uint32_t column) {
  values.word = V::broadcast(row_word(sweep, row)) | V::load(&sweep.letters[column]);
  values.inner = row * kAlphabetSize + column;
  schedule<Word, Tail>(sweep, values.word, values.keyed);
}

// Kernel::search (instances.h), with so many streams where the sweep has several midstates, and so
// many where it has one.
template <class V, std::uint32_t GroupStreams, std::uint32_t SingleStreams>
struct LaneSearch {
  static constexpr std::uint32_t kMidstates = GroupStreams;

  template <unsigned Word>
  static std::uint64_t run_group(const Sweep& sweep, const Slice& slice, Judge& judge) {
    constexpr std::make_index_sequence<GroupStreams> kStreams;
    constexpr std::make_index_sequence<1> kOneStream;
    LaneValues<V> values = {.word = {}, .keyed = constant_schedule<V>(sweep), .inner = 0};
    std::uint64_t hashed = 0;
    for (std::uint32_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
      for (std::uint32_t column = 0; column < kAlphabetSize; column += V::kCount) {
        fill<Word, false>(values, sweep, row, column);
        std::uint32_t entry = 0;
        for (; entry + GroupStreams <= sweep.entry_count; entry += GroupStreams) {
          hashed += GroupStreams * V::kCount;
          if (search_streams<Word, false>(sweep, group_streams(sweep, values, entry, kStreams),
                                          judge)) {
            return hashed;
          }
        }
        if constexpr (GroupStreams > 1) {
          for (; entry < sweep.entry_count; ++entry) {
            hashed += V::kCount;
            if (search_streams<Word, false>(sweep, group_streams(sweep, values, entry, kOneStream),
                                            judge)) {
              return hashed;
            }
          }
        }
      }
    }
    return hashed;
  }

  template <unsigned Word, bool Tail>
  static std::uint64_t run_single(const Sweep& sweep, const Slice& slice, Judge& judge) {
    constexpr std::make_index_sequence<SingleStreams> kStreams;
    constexpr std::uint32_t kStep = SingleStreams * V::kCount;
    static_assert(kAlphabetSize % kStep == 0);
    std::array<LaneValues<V>, SingleStreams> values;
    values.fill(LaneValues<V>{.word = {}, .keyed = constant_schedule<V>(sweep), .inner = 0});
    std::uint64_t hashed = 0;
    for (std::uint32_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
      for (std::uint32_t column = 0; column < kAlphabetSize; column += kStep) {
        for (std::uint32_t i = 0; i < SingleStreams; ++i) {
          fill<Word, Tail>(values[i], sweep, row, column + i * V::kCount);
        }
        hashed += kStep;
        if (search_streams<Word, Tail>(sweep, single_streams(sweep, values, kStreams), judge)) {
          return hashed;
        }
      }
    }
    return hashed;
  }
};

}  // namespace tlslp
