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

// The first round done here; those before it are done once a sweep. With a tail all 64 count, so
// what is left must be a number of whole steps.
template <class Pair, unsigned Word, bool Tail>
constexpr unsigned kFirstRound = Tail ? (Word + 1) / Pair::kStep * Pair::kStep : Word + 1;

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

// Works out the schedule, four words at a time: those in which one varies.
template <unsigned Word, class Pair>
[[gnu::always_inline]] inline void fill(PairValue& value, const Sweep& sweep, std::uint32_t word) {
  using Words = typename Pair::Words;
  constexpr auto kVaries = varying_words(Word);
  value.word = word;
  std::array<Words, kRounds / 4> w;
#pragma GCC unroll 16
  for (unsigned i = 0; i < w.size(); ++i) {
    const unsigned t = 4 * i;
    w[i] = Words::load(&sweep.constant[t]);
    if (!(kVaries[t] || kVaries[t + 1] || kVaries[t + 2] || kVaries[t + 3])) {
      continue;
    }
    if (i == Word / 4) {
      w[i].v[Word % 4] = word;
    } else {
      w[i] = Pair::extend(w[i - 4], w[i - 3], w[i - 2], w[i - 1]);
    }
    (w[i] + Words::load(&kRoundConstants[t])).store(&value.keyed[t]);
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
template <unsigned Word, bool Tail, class Pair>
[[gnu::always_inline]] inline Pair enter(const PairStream<Pair>& stream) {
  if constexpr (kFirstRound<Pair, Word, Tail> <= Word) {
    return stream.start->entered;
  } else {
    return stream.start->entered.plus_word(stream.value->word);
  }
}

// The digests' last words. The expansions are over the streams: each step is done for all of them
// before the next.
template <unsigned Word, bool Tail, class Pair, std::size_t... I>
[[gnu::always_inline]] inline std::array<std::uint32_t, sizeof...(I)> last_words(
    const Sweep& sweep, const std::array<PairStream<Pair>, sizeof...(I)>& streams,
    std::index_sequence<I...> /*unused*/) {
  constexpr unsigned kFirst = kFirstRound<Pair, Word, Tail>;
  std::array<Pair, sizeof...(I)> s = {enter<Word, Tail>(streams[I])...};
#pragma GCC unroll 64
  for (unsigned t = kFirst; t < kBlockRounds<Tail>; t += Pair::kStep) {
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

// Hashes the streams' candidates and lets the judge see the claims; whether it accepted one.
template <unsigned Word, bool Tail, class Pair, std::size_t Count>
[[gnu::always_inline]] inline bool search_streams(
    const Sweep& sweep, const std::array<PairStream<Pair>, Count>& streams, Judge& judge) {
  const auto last = last_words<Word, Tail>(sweep, streams, std::make_index_sequence<Count>{});
  for (std::size_t i = 0; i < Count; ++i) {
    if ((last[i] & sweep.last_mask) == 0 &&
        judge.accepts(streams[i].entry_index, streams[i].value->inner)) {
      return true;
    }
  }
  return false;
}

// A sweep's midstates.
template <class Pair>
using PairStarts = std::array<PairStart<Pair>, kAlphabetSize>;

template <unsigned Word, bool Tail, class Pair>
[[gnu::always_inline]] inline void fill(PairStarts<Pair>& starts, const Sweep& sweep) {
  for (std::uint32_t i = 0; i < sweep.entry_count; ++i) {
    const Entry& entry = sweep.entries[i];
    starts[i] = {Pair::of(entry.midstate), Pair::of(entry.entered)};
    if constexpr (kFirstRound<Pair, Word, Tail> <= Word) {
      const auto [a, b, c, d, e, f, g, h] = entry.midstate;
      Working<std::uint32_t> s{a, b, c, d, e, f, g, h};
      for (unsigned t = 0; t < kFirstRound<Pair, Word, Tail>; ++t) {
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

// Kernel::search (instances.h), with so many streams where the sweep has several midstates, and so
// many where it has one.
template <class Pair, std::uint32_t GroupStreams, std::uint32_t SingleStreams>
struct PairSearch {
  template <unsigned Word, bool Tail>
  static std::uint64_t run(const Sweep& sweep, const Slice& slice, Judge& judge) {
    static_assert(kAlphabetSize % SingleStreams == 0);
    PairStarts<Pair> starts;
    fill<Word, Tail, Pair>(starts, sweep);
    Values values;
    for (PairValue& value : values) {
      value.keyed = sweep.constant_keyed;
    }
    std::uint64_t hashed = 0;
    for (std::uint32_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
      for (std::uint32_t column = 0; column < kAlphabetSize; column += SingleStreams) {
        for (std::uint32_t i = 0; i < SingleStreams; ++i) {
          values[i].inner = row * kAlphabetSize + column + i;
          fill<Word, Pair>(values[i], sweep, row_word(sweep, row) | sweep.letters[column + i]);
        }
        const bool accepted = sweep.entry_count == 1
                                  ? search_single<Word, Tail>(sweep, starts, values, judge, hashed)
                                  : search_group<Word, Tail>(sweep, starts, values, judge, hashed);
        if (accepted) {
          return hashed;
        }
      }
    }
    return hashed;
  }

 private:
  using Values = std::array<PairValue, SingleStreams>;

  // Both add to `hashed` and say whether the judge accepted a candidate.
  template <unsigned Word, bool Tail>
  [[gnu::always_inline]] static bool search_group(const Sweep& sweep,
                                                  const PairStarts<Pair>& starts,
                                                  const Values& values, Judge& judge,
                                                  std::uint64_t& hashed) {
    constexpr std::make_index_sequence<GroupStreams> kStreams;
    constexpr std::make_index_sequence<1> kOneStream;
    for (const PairValue& value : values) {
      std::uint32_t entry = 0;
      for (; entry + GroupStreams <= sweep.entry_count; entry += GroupStreams) {
        hashed += GroupStreams;
        if (search_streams<Word, Tail>(sweep, group_streams(starts, value, entry, kStreams),
                                       judge)) {
          return true;
        }
      }
      for (; entry < sweep.entry_count; ++entry) {
        hashed += 1;
        if (search_streams<Word, Tail>(sweep, group_streams(starts, value, entry, kOneStream),
                                       judge)) {
          return true;
        }
      }
    }
    return false;
  }

  template <unsigned Word, bool Tail>
  [[gnu::always_inline]] static bool search_single(const Sweep& sweep,
                                                   const PairStarts<Pair>& starts,
                                                   const Values& values, Judge& judge,
                                                   std::uint64_t& hashed) {
    constexpr std::make_index_sequence<SingleStreams> kStreams;
    hashed += SingleStreams;
    return search_streams<Word, Tail>(sweep, single_streams(starts, values, kStreams), judge);
  }
};

}  // namespace tlslp
