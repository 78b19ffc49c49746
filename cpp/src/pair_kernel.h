// The search with instructions for SHA-256 that hold a candidate's state in a pair of vector
// registers and do several rounds at once.
//
// Their result takes several cycles but one can be started in nearly each, so several candidates go
// through the rounds side by side; each is called a stream. Where the sweep has several midstates
// they are the streams, and share one message schedule; where it has only one, the streams are
// neighbouring values of the varying word.
//
// `Pair` is such a pair of registers, and all that this file knows of the processor. It has
//
//     kStep                      how many rounds are done at once
//     Words                      a vector of four words of the schedule (lanes.h)
//     Pair::of(state)            the working variables in its order
//     x.advance(keyed)           does so many rounds; `keyed` is K + W of the first
//     x + y                      of each working variable the sum
//     x.plus_word(word)          the same with `word` for a and e, and 0 for the others
//     x.template e<Ago>()        what e was so many rounds ago, 0 to 3: e, f, g or h
//     Pair::extend(p, q, r, s)   of the schedule the four words after these sixteen
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "instances.h"
#include "kernel.h"
#include "lane_schedule.h"
#include "rounds.h"
#include "sweep.h"

namespace tlslp {

// The first round done here; those before it are done once a sweep. Steps are whole where they must
// lie within the quads of the schedule: where that is woven in, since what two stores have just
// written cannot be loaded at once, and where a tail follows, so that all 64 rounds are done.
template <class Pair, unsigned Word, bool Whole>
constexpr unsigned kFirstRound = Whole ? (Word + 1) / Pair::kStep * Pair::kStep : Word + 1;

// How many rounds too many are done when so many are wanted, in whole steps from the first.
template <class Pair>
constexpr unsigned excess(unsigned first, unsigned wanted) {
  return (Pair::kStep - (wanted - first) % Pair::kStep) % Pair::kStep;
}

// A midstate.
template <class Pair>
struct PairStart {
  Pair midstate;
  Pair entered;  // before the first round; after the varying word's as if that word were 0
};

// A value of the varying word and its message schedule, K + W.
struct PairValue {
  std::uint32_t word;
  std::uint32_t inner;  // its number
  alignas(16) Schedule keyed;
};

// What the schedules of several values are worked out from: their words, four at a time.
template <class Pair, std::size_t Count>
using Quads = std::array<std::array<typename Pair::Words, kRounds / 4>, Count>;

// Works out the next quad of each schedule, where one of its words varies.
template <unsigned Word, class Pair, std::size_t Count>
[[gnu::always_inline]] inline void extend(Quads<Pair, Count>& quads,
                                          std::array<PairValue, Count>& values, const Sweep& sweep,
                                          unsigned quad) {
  using Words = typename Pair::Words;
  constexpr auto kVaries = varying_words(Word);
  const unsigned t = 4 * quad;
  for (std::size_t i = 0; i < Count; ++i) {
    auto& w = quads[i];
    w[quad] = Words::load(&sweep.constant[t]);
    if (!(kVaries[t] || kVaries[t + 1] || kVaries[t + 2] || kVaries[t + 3])) {
      continue;
    }
    if (quad == Word / 4) {
      w[quad].v[Word % 4] = values[i].word;
    } else {
      w[quad] = Pair::extend(w[quad - 4], w[quad - 3], w[quad - 2], w[quad - 1]);
    }
    (w[quad] + Words::load(&kRoundConstants[t])).store(&values[i].keyed[t]);
  }
}

// One candidate: this value with this midstate.
template <class Pair>
struct PairStream {
  const PairValue* value;
  const PairStart<Pair>* start;
  std::uint32_t entry_index;
};

// The state before the first round that is done here.
template <unsigned Word, bool Whole, class Pair>
[[gnu::always_inline]] inline Pair enter(const PairStream<Pair>& stream) {
  if constexpr (kFirstRound<Pair, Word, Whole> <= Word) {
    return stream.start->entered;
  } else {
    return stream.start->entered.plus_word(stream.value->word);
  }
}

// The digests' last words. The expansions are over the streams: each step is done for all of them
// before the next. `before(t)` is called before the step from round t.
template <unsigned Word, bool Tail, bool Whole, class Pair, class Before, std::size_t... I>
[[gnu::always_inline]] inline std::array<std::uint32_t, sizeof...(I)> last_words(
    const Sweep& sweep, const std::array<PairStream<Pair>, sizeof...(I)>& streams,
    const Before& before, std::index_sequence<I...> /*unused*/) {
  constexpr unsigned kFirst = kFirstRound<Pair, Word, Whole>;
  std::array<Pair, sizeof...(I)> s = {enter<Word, Whole>(streams[I])...};
#pragma GCC unroll 64
  for (unsigned t = kFirst; t < kBlockRounds<Tail>; t += Pair::kStep) {
    before(t);
    (s[I].advance(&streams[I].value->keyed[t]), ...);
  }
  if constexpr (!Tail) {
    constexpr unsigned kAgo = excess<Pair>(kFirst, kRoundsToLastWord);
    return {(s[I].template e<kAgo>() + streams[I].start->midstate.template e<3>())...};
  }
  ((s[I] = s[I] + streams[I].start->midstate), ...);
  const std::array<std::uint32_t, sizeof...(I)> chained = {s[I].template e<3>()...};
#pragma GCC unroll 64
  for (unsigned t = 0; t < kRoundsToLastWord; t += Pair::kStep) {
    (s[I].advance(&sweep.tail_keyed[t]), ...);
  }
  return {(s[I].template e<excess<Pair>(0, kRoundsToLastWord)>() + chained[I])...};
}

// Lets the judge see the claims; whether it accepted one.
template <class Pair, std::size_t Count>
[[gnu::always_inline]] inline bool any_accepted(const Sweep& sweep,
                                                const std::array<PairStream<Pair>, Count>& streams,
                                                const std::array<std::uint32_t, Count>& last,
                                                Judge& judge) {
  for (std::size_t i = 0; i < Count; ++i) {
    if ((last[i] & sweep.last_mask) == 0 &&
        judge.accepts(streams[i].entry_index, streams[i].value->inner)) {
      return true;
    }
  }
  return false;
}

// Hashes the streams' candidates and judges the claims.
template <unsigned Word, bool Tail, bool Whole, class Pair, class Before, std::size_t Count>
[[gnu::always_inline]] inline bool search_streams(
    const Sweep& sweep, const std::array<PairStream<Pair>, Count>& streams, const Before& before,
    Judge& judge) {
  const auto last =
      last_words<Word, Tail, Whole>(sweep, streams, before, std::make_index_sequence<Count>{});
  return any_accepted(sweep, streams, last, judge);
}

// A sweep's midstates.
template <class Pair>
using PairStarts = std::array<PairStart<Pair>, kAlphabetSize>;

template <unsigned Word, bool Whole, class Pair>
[[gnu::always_inline]] inline void fill(PairStarts<Pair>& starts, const Sweep& sweep) {
  for (std::uint32_t i = 0; i < sweep.entry_count; ++i) {
    const Entry& entry = sweep.entries[i];
    starts[i] = {Pair::of(entry.midstate), Pair::of(entry.entered)};
    if constexpr (kFirstRound<Pair, Word, Whole> <= Word) {
      const auto [a, b, c, d, e, f, g, h] = entry.midstate;
      Working<std::uint32_t> s{a, b, c, d, e, f, g, h};
      for (unsigned t = 0; t < kFirstRound<Pair, Word, Whole>; ++t) {
        round(s, s.h + sweep.constant_keyed[t]);
      }
      starts[i].entered = Pair::of({s.a, s.b, s.c, s.d, s.e, s.f, s.g, s.h});
    }
  }
}

// Neighbouring midstates with the same value.
template <class Pair, std::size_t... I>
[[gnu::always_inline]] inline std::array<PairStream<Pair>, sizeof...(I)> group_streams(
    const PairStarts<Pair>& starts, const PairValue& value, std::uint32_t entry,
    std::index_sequence<I...> /*unused*/) {
  return {PairStream<Pair>{&value, &starts[entry + I], static_cast<std::uint32_t>(entry + I)}...};
}

// The only midstate with each of the values.
template <class Pair, std::size_t... I>
[[gnu::always_inline]] inline std::array<PairStream<Pair>, sizeof...(I)> single_streams(
    const PairStarts<Pair>& starts, const std::array<PairValue, sizeof...(I)>& values,
    std::index_sequence<I...> /*unused*/) {
  return {PairStream<Pair>{&values[I], starts.data(), 0}...};
}

// Sets the values from this column of a row.
template <std::size_t Count>
[[gnu::always_inline]] inline void set(std::array<PairValue, Count>& values, const Sweep& sweep,
                                       std::uint32_t row, std::uint32_t column) {
  for (std::uint32_t i = 0; i < Count; ++i) {
    values[i].word = row_word(sweep, row) | sweep.letters[column + i];
    values[i].inner = row * kAlphabetSize + column + i;
  }
}

// Kernel::search (instances.h), with so many streams where the sweep has several midstates, and so
// many where it has one.
template <class Pair, std::uint32_t GroupStreams, std::uint32_t SingleStreams>
struct PairSearch {
  static constexpr std::uint32_t kMidstates = GroupStreams;

  // So many schedules are worked out at once, to fill the time in which one waits.
  static constexpr std::uint32_t kGroupValues = 4;

  template <unsigned Word>
  static std::uint64_t run_group(const Sweep& sweep, const Slice& slice, Judge& judge) {
    PairStarts<Pair> starts;
    fill<Word, false, Pair>(starts, sweep);
    constexpr std::make_index_sequence<GroupStreams> kStreams;
    constexpr std::make_index_sequence<1> kOneStream;
    constexpr auto kNothing = [](unsigned /*t*/) {};
    std::array<PairValue, kGroupValues> values;
    values.fill({.word = 0, .inner = 0, .keyed = sweep.constant_keyed});
    std::uint64_t hashed = 0;
    for (std::uint32_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
      for (std::uint32_t column = 0; column < kAlphabetSize; column += kGroupValues) {
        set(values, sweep, row, column);
        Quads<Pair, kGroupValues> quads;
#pragma GCC unroll 16
        for (unsigned quad = 0; quad < kRounds / 4; ++quad) {
          extend<Word, Pair>(quads, values, sweep, quad);
        }
        for (const PairValue& value : values) {
          std::uint32_t entry = 0;
          for (; entry + GroupStreams <= sweep.entry_count; entry += GroupStreams) {
            hashed += GroupStreams;
            if (search_streams<Word, false, false>(
                    sweep, group_streams(starts, value, entry, kStreams), kNothing, judge)) {
              return hashed;
            }
          }
          for (; entry < sweep.entry_count; ++entry) {
            hashed += 1;
            if (search_streams<Word, false, false>(
                    sweep, group_streams(starts, value, entry, kOneStream), kNothing, judge)) {
              return hashed;
            }
          }
        }
      }
    }
    return hashed;
  }

  // Weaves the schedules into the rounds, a quad ahead: in both every step waits for the last.
  template <unsigned Word, bool Tail>
  static std::uint64_t run_single(const Sweep& sweep, const Slice& slice, Judge& judge) {
    PairStarts<Pair> starts;
    fill<Word, true, Pair>(starts, sweep);
    static_assert(kAlphabetSize % SingleStreams == 0);
    constexpr std::make_index_sequence<SingleStreams> kStreams;
    constexpr unsigned kReady = kFirstRound<Pair, Word, true> / 4 + 2;
    std::array<PairValue, SingleStreams> values;
    values.fill({.word = 0, .inner = 0, .keyed = sweep.constant_keyed});
    std::uint64_t hashed = 0;
    for (std::uint32_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
      for (std::uint32_t column = 0; column < kAlphabetSize; column += SingleStreams) {
        set(values, sweep, row, column);
        Quads<Pair, SingleStreams> quads;
#pragma GCC unroll 16
        for (unsigned quad = 0; quad < kReady; ++quad) {
          extend<Word, Pair>(quads, values, sweep, quad);
        }
        const auto extend_ahead = [&](unsigned t) __attribute__((always_inline)) {
          const unsigned quad = t / 4 + 1;
          if (t % 4 < Pair::kStep && quad >= kReady && quad < kRounds / 4) {
            extend<Word, Pair>(quads, values, sweep, quad);
          }
        };
        hashed += SingleStreams;
        if (search_streams<Word, Tail, true>(sweep, single_streams(starts, values, kStreams),
                                             extend_ahead, judge)) {
          return hashed;
        }
      }
    }
    return hashed;
  }
};

}  // namespace tlslp
