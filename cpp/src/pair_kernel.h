// The search with a processor's SHA-256 instructions, which hold the working variables of a
// candidate in a pair of vector registers and do several rounds at once.
//
// The result of such an instruction takes several cycles, but the processor can start one in nearly
// every cycle. So several candidates go through the rounds side by side; each is called a stream.
// If the sweep has several midstates, the streams are neighbouring midstates, and share one message
// schedule. If it has only one, the streams are neighbouring values of the varying word.
//
// `Pair` is such a pair of registers. It hides the processor from this file, and has:
//
//     kStep                      how many rounds one step does
//     Words                      a vector of four schedule words (lanes.h)
//     Pair::of(state)            returns the working variables in the order of the registers
//     x.advance(keyed)           does one step; `keyed` points to K + W of its first round
//     x + y                      returns the sums of the working variables
//     x.plus_word(word)          returns x with `word` added to a and to e
//     x.template e<Ago>()        returns the e of Ago rounds ago, 0 to 3; this is e, f, g or h
//     Pair::extend(p, q, r, s)   returns the four schedule words after these sixteen
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "kernel.h"
#include "lane_schedule.h"
#include "rounds.h"
#include "search_by_form.h"
#include "sweep.h"

namespace tlslp {

// The first round done for each candidate; the rounds before it are done once in a sweep. If
// Aligned, it is a multiple of the step, so that each step lies within one quad of the schedule.
// That is necessary in two cases: if the schedule is computed between the rounds, because one fast
// load cannot follow two stores; and if a tail follows, because then exactly 64 rounds must be
// done.
template <class Pair, unsigned Word, bool Aligned>
constexpr unsigned kFirstRound = Aligned ? (Word + 1) / Pair::kStep * Pair::kStep : Word + 1;

// Returns by how many rounds whole steps from round `first` on overshoot round `end`.
template <class Pair>
constexpr unsigned surplus_rounds(unsigned first, unsigned end) {
  return (Pair::kStep - (end - first) % Pair::kStep) % Pair::kStep;
}

// A midstate in pairs of registers.
template <class Pair>
struct PairMidstate {
  Pair state;
  // The working variables before the first round (kFirstRound). If the round of the varying word
  // comes before it, they are computed with 0 for that word.
  Pair advanced;
};

// A value of the varying word, and its message schedule.
struct PairValue {
  std::uint32_t word;
  std::uint32_t inner;         // its inner value
  alignas(16) Schedule keyed;  // K + W of each round
};

// The message schedules of several values, in quads: four words at a time.
template <class Pair, std::size_t Count>
using Quads = std::array<std::array<typename Pair::Words, kRounds / 4>, Count>;

// Computes the next quad of each schedule, if one of its words varies.
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
  const PairMidstate<Pair>* midstate;
  std::uint32_t midstate_index;
};

// Returns the working variables before the first round.
template <unsigned Word, bool Aligned, class Pair>
[[gnu::always_inline]] inline Pair first_state(const PairStream<Pair>& stream) {
  if constexpr (kFirstRound<Pair, Word, Aligned> <= Word) {
    return stream.midstate->advanced;
  } else {
    return stream.midstate->advanced.plus_word(stream.value->word);
  }
}

// Returns the last words of the digests. The pack expansions run over the streams: each step is
// done for all streams before the next step. Calls `before(t)` before the step that begins with
// round t.
template <unsigned Word, bool Tail, bool Aligned, class Pair, class Before, std::size_t... I>
[[gnu::always_inline]] inline std::array<std::uint32_t, sizeof...(I)> last_words(
    const Sweep& sweep, const std::array<PairStream<Pair>, sizeof...(I)>& streams,
    const Before& before, std::index_sequence<I...> /*unused*/) {
  constexpr unsigned kFirst = kFirstRound<Pair, Word, Aligned>;
  std::array<Pair, sizeof...(I)> s = {first_state<Word, Aligned>(streams[I])...};
#pragma GCC unroll 64
  for (unsigned t = kFirst; t < kBlockRounds<Tail>; t += Pair::kStep) {
    before(t);
    (s[I].advance(&streams[I].value->keyed[t]), ...);
  }
  if constexpr (!Tail) {
    constexpr unsigned kAgo = surplus_rounds<Pair>(kFirst, kRoundsToLastWord);
    return {(s[I].template e<kAgo>() + streams[I].midstate->state.template e<3>())...};
  }
  ((s[I] = s[I] + streams[I].midstate->state), ...);
  const std::array<std::uint32_t, sizeof...(I)> chained = {s[I].template e<3>()...};
#pragma GCC unroll 64
  for (unsigned t = 0; t < kRoundsToLastWord; t += Pair::kStep) {
    (s[I].advance(&sweep.tail_keyed[t]), ...);
  }
  return {(s[I].template e<surplus_rounds<Pair>(0, kRoundsToLastWord)>() + chained[I])...};
}

// Passes the hits on, and returns whether the handler accepted one.
template <class Pair, std::size_t Count>
[[gnu::always_inline]] inline bool handle_hits(const Sweep& sweep,
                                               const std::array<PairStream<Pair>, Count>& streams,
                                               const std::array<std::uint32_t, Count>& last,
                                               HitHandler& handler) {
  for (std::size_t i = 0; i < Count; ++i) {
    if ((last[i] & sweep.last_mask) == 0 &&
        handler.accept(streams[i].midstate_index, streams[i].value->inner)) {
      return true;
    }
  }
  return false;
}

// Hashes the candidates of the streams, and returns whether the handler accepted a hit.
template <unsigned Word, bool Tail, bool Aligned, class Pair, class Before, std::size_t Count>
[[gnu::always_inline]] inline bool search_streams(
    const Sweep& sweep, const std::array<PairStream<Pair>, Count>& streams, const Before& before,
    HitHandler& handler) {
  const auto last =
      last_words<Word, Tail, Aligned>(sweep, streams, before, std::make_index_sequence<Count>{});
  return handle_hits(sweep, streams, last, handler);
}

// The midstates of a sweep.
template <class Pair>
using PairMidstates = std::array<PairMidstate<Pair>, kAlphabetSize>;

template <unsigned Word, bool Aligned, class Pair>
[[gnu::always_inline]] inline void convert_midstates(PairMidstates<Pair>& midstates,
                                                     const Sweep& sweep) {
  for (std::uint32_t i = 0; i < sweep.midstate_count; ++i) {
    const Midstate& midstate = sweep.midstates[i];
    midstates[i] = {Pair::of(midstate.state), Pair::of(midstate.advanced)};
    if constexpr (kFirstRound<Pair, Word, Aligned> <= Word) {
      const auto [a, b, c, d, e, f, g, h] = midstate.state;
      Working<std::uint32_t> s{a, b, c, d, e, f, g, h};
      for (unsigned t = 0; t < kFirstRound<Pair, Word, Aligned>; ++t) {
        round(s, s.h + sweep.constant_keyed[t]);
      }
      midstates[i].advanced = Pair::of({s.a, s.b, s.c, s.d, s.e, s.f, s.g, s.h});
    }
  }
}

// Returns streams of neighbouring midstates with the same value.
template <class Pair, std::size_t... I>
[[gnu::always_inline]] inline std::array<PairStream<Pair>, sizeof...(I)> group_streams(
    const PairMidstates<Pair>& midstates, const PairValue& value, std::uint32_t midstate,
    std::index_sequence<I...> /*unused*/) {
  return {PairStream<Pair>{&value, &midstates[midstate + I],
                           static_cast<std::uint32_t>(midstate + I)}...};
}

// Returns streams of the only midstate with different values.
template <class Pair, std::size_t... I>
[[gnu::always_inline]] inline std::array<PairStream<Pair>, sizeof...(I)> single_streams(
    const PairMidstates<Pair>& midstates, const std::array<PairValue, sizeof...(I)>& values,
    std::index_sequence<I...> /*unused*/) {
  return {PairStream<Pair>{&values[I], midstates.data(), 0}...};
}

// Sets the values to those that begin at this column of a row.
template <std::size_t Count>
[[gnu::always_inline]] inline void set_values(std::array<PairValue, Count>& values,
                                              const Sweep& sweep, std::uint32_t row,
                                              std::uint32_t column) {
  for (std::uint32_t i = 0; i < Count; ++i) {
    values[i].word = row_word(sweep, row) | sweep.letters[column + i];
    values[i].inner = row * kAlphabetSize + column + i;
  }
}

// Kernel::search for pairs of registers (see search_by_form.h). GroupStreams is the number of
// streams if the sweep has several midstates, SingleStreams if it has one.
template <class Pair, std::uint32_t GroupStreams, std::uint32_t SingleStreams>
struct PairSearch {
  static constexpr std::uint32_t kMidstatesAtOnce = GroupStreams;

  // How many schedules are computed side by side, so that one proceeds while another waits.
  static constexpr std::uint32_t kGroupValues = 4;

  template <unsigned Word>
  static std::uint64_t run_group(const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    PairMidstates<Pair> midstates;
    convert_midstates<Word, false, Pair>(midstates, sweep);
    constexpr std::make_index_sequence<GroupStreams> kStreams;
    constexpr std::make_index_sequence<1> kOneStream;
    constexpr auto kNothing = [](unsigned /*t*/) {};
    std::array<PairValue, kGroupValues> values;
    values.fill({.word = 0, .inner = 0, .keyed = sweep.constant_keyed});
    std::uint64_t hashed = 0;
    for (std::uint32_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
      for (std::uint32_t column = 0; column < kAlphabetSize; column += kGroupValues) {
        set_values(values, sweep, row, column);
        Quads<Pair, kGroupValues> quads;
#pragma GCC unroll 16
        for (unsigned quad = 0; quad < kRounds / 4; ++quad) {
          extend<Word, Pair>(quads, values, sweep, quad);
        }
        for (const PairValue& value : values) {
          std::uint32_t midstate = 0;
          for (; midstate + GroupStreams <= sweep.midstate_count; midstate += GroupStreams) {
            hashed += GroupStreams;
            if (search_streams<Word, false, false>(
                    sweep, group_streams(midstates, value, midstate, kStreams), kNothing,
                    handler)) {
              return hashed;
            }
          }
          for (; midstate < sweep.midstate_count; ++midstate) {
            hashed += 1;
            if (search_streams<Word, false, false>(
                    sweep, group_streams(midstates, value, midstate, kOneStream), kNothing,
                    handler)) {
              return hashed;
            }
          }
        }
      }
    }
    return hashed;
  }

  // Interleaves the schedules with the rounds, one quad ahead: in both, each step waits for the one
  // before, so that each fills the other's pauses.
  template <unsigned Word, bool Tail>
  static std::uint64_t run_single(const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    PairMidstates<Pair> midstates;
    convert_midstates<Word, true, Pair>(midstates, sweep);
    static_assert(kAlphabetSize % SingleStreams == 0);
    constexpr std::make_index_sequence<SingleStreams> kStreams;
    constexpr unsigned kReady = kFirstRound<Pair, Word, true> / 4 + 2;
    std::array<PairValue, SingleStreams> values;
    values.fill({.word = 0, .inner = 0, .keyed = sweep.constant_keyed});
    std::uint64_t hashed = 0;
    for (std::uint32_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
      for (std::uint32_t column = 0; column < kAlphabetSize; column += SingleStreams) {
        set_values(values, sweep, row, column);
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
        if (search_streams<Word, Tail, true>(sweep, single_streams(midstates, values, kStreams),
                                             extend_ahead, handler)) {
          return hashed;
        }
      }
    }
    return hashed;
  }
};

}  // namespace tlslp
