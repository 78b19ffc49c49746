// The kernel for x86's SHA extensions (Intel SDM, volume 2: SHA256RNDS2, SHA256MSG1, SHA256MSG2).
//
// SHA256RNDS2 does two rounds of one candidate. Its result takes several cycles but one can be
// started in each, so several candidates go through the rounds side by side; each is called a
// stream. Where the sweep has several midstates they are the streams, and share one message
// schedule; where it has only one, the streams are neighbouring values of the varying word.
#include <immintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "instances.h"
#include "kernel.h"
#include "lane_schedule.h"
#include "lanes.h"
#include "rounds.h"
#include "sweep.h"

namespace tlslp {
namespace {

struct ShaNi;
using Four = Lanes<4, ShaNi>;

constexpr std::uint32_t kGroupStreams = 6;
constexpr std::uint32_t kSingleStreams = 4;

// The working variables as SHA256RNDS2 has them, lowest lane first: f e b a, and h g d c.
struct Registers {
  Four feba;
  Four hgdc;
};

Registers registers_of(const State& s) {
  return {Four{Four::Vector{s[5], s[4], s[1], s[0]}}, Four{Four::Vector{s[7], s[6], s[3], s[2]}}};
}

// `keyed` is K + W of the first of the two rounds; the second's lies behind it.
[[gnu::always_inline]] inline void two_rounds(Registers& s, const std::uint32_t* keyed) {
  const __m128i pair = _mm_loadu_si64(keyed);
  const __m128i feba = _mm_sha256rnds2_epu32(__m128i(s.hgdc.v), __m128i(s.feba.v), pair);
  s = {Four{Four::Vector(feba)}, s.feba};
}

// The first round done here; those before it are done in the sweep. With a tail all 64 count, so
// what is left must be even: then with the varying word at 14 the first one is the very first.
template <unsigned Word, bool Tail>
constexpr unsigned kFirstRound = Tail && Word % 2 == 0 ? 0 : Word + 1;

// A midstate in the order of the registers.
struct Start {
  Registers midstate;
  Registers entered;
};

// A value of the varying word and its message schedule, K + W.
struct Value {
  std::uint32_t word;
  std::uint32_t inner;  // its number
  alignas(16) Schedule keyed;
};

// Works out the schedule, four words at a time: those in which one varies.
template <unsigned Word>
[[gnu::always_inline]] inline void fill(Value& value, const Sweep& sweep, std::uint32_t word) {
  constexpr auto kVaries = varying_words(Word);
  value.word = word;
  std::array<Four, kRounds / 4> w;
#pragma GCC unroll 16
  for (unsigned i = 0; i < w.size(); ++i) {
    const unsigned t = 4 * i;
    w[i] = Four::load(&sweep.constant[t]);
    if (!(kVaries[t] || kVaries[t + 1] || kVaries[t + 2] || kVaries[t + 3])) {
      continue;
    }
    if (i == Word / 4) {
      w[i].v[Word % 4] = word;
    } else {
      const __m128i sigma0 = _mm_sha256msg1_epu32(__m128i(w[i - 4].v), __m128i(w[i - 3].v));
      const __m128i minus7 = _mm_alignr_epi8(__m128i(w[i - 1].v), __m128i(w[i - 2].v), 4);
      const Four sum = Four{Four::Vector(sigma0)} + Four{Four::Vector(minus7)};
      w[i].v = Four::Vector(_mm_sha256msg2_epu32(__m128i(sum.v), __m128i(w[i - 1].v)));
    }
    (w[i] + Four::load(&kRoundConstants[t])).store(&value.keyed[t]);
  }
}

// One candidate: this value with this midstate.
struct Stream {
  const Value* value;
  const Start* start;
  std::uint32_t entry_index;
};

// The state before the first round that is done here.
template <unsigned Word, bool Tail>
[[gnu::always_inline]] inline Registers enter(const Stream& stream) {
  if constexpr (kFirstRound<Word, Tail> == 0) {
    return stream.start->midstate;
  } else {
    const std::uint32_t word = stream.value->word;
    return {stream.start->entered.feba + Four{Four::Vector{0, word, 0, word}},
            stream.start->entered.hgdc};
  }
}

// The digests' last words. The expansions are over the streams: each step is done for all of them
// before the next.
template <unsigned Word, bool Tail, std::size_t... I>
[[gnu::always_inline]] inline std::array<std::uint32_t, sizeof...(I)> last_words(
    const Sweep& sweep, const std::array<Stream, sizeof...(I)>& streams,
    std::index_sequence<I...> /*unused*/) {
  std::array<Registers, sizeof...(I)> s = {enter<Word, Tail>(streams[I])...};
#pragma GCC unroll 64
  for (unsigned t = kFirstRound<Word, Tail>; t < kBlockRounds<Tail>; t += 2) {
    (two_rounds(s[I], &streams[I].value->keyed[t]), ...);
  }
  if constexpr (!Tail) {
    // What is wanted is e after round 60. Where the last two rounds were 60 and 61 it is f by now.
    constexpr std::size_t kLane = Word % 2 == 0 ? 1 : 0;
    return {(s[I].feba.v[kLane] + streams[I].start->midstate.hgdc.v[0])...};
  }
  ((s[I].feba = s[I].feba + streams[I].start->midstate.feba), ...);
  ((s[I].hgdc = s[I].hgdc + streams[I].start->midstate.hgdc), ...);
  const std::array<std::uint32_t, sizeof...(I)> chained = {s[I].hgdc.v[0]...};
#pragma GCC unroll 64
  for (unsigned t = 0; t < kRoundsToLastWord; t += 2) {
    (two_rounds(s[I], &sweep.tail_keyed[t]), ...);
  }
  return {(s[I].feba.v[0] + chained[I])...};
}

// Hashes the streams' candidates and lets the judge see the claims; whether it accepted one.
template <unsigned Word, bool Tail, std::size_t Count>
[[gnu::always_inline]] inline bool search_streams(const Sweep& sweep,
                                                  const std::array<Stream, Count>& streams,
                                                  Judge& judge) {
  const auto last = last_words<Word, Tail>(sweep, streams, std::make_index_sequence<Count>{});
  for (std::size_t i = 0; i < Count; ++i) {
    if ((last[i] & sweep.last_mask) == 0 &&
        judge.accepts(streams[i].entry_index, streams[i].value->inner)) {
      return true;
    }
  }
  return false;
}

// A sweep, in the order of the registers.
struct Starts {
  explicit Starts(const Sweep& sweep) {
    for (std::uint32_t i = 0; i < sweep.entry_count; ++i) {
      const Entry& entry = sweep.entries[i];
      of[i] = {registers_of(entry.midstate), registers_of(entry.entered)};
    }
  }

  std::array<Start, kAlphabetSize> of;
};

using Values = std::array<Value, kSingleStreams>;

// Neighbouring midstates with the same value.
template <std::size_t... I>
[[gnu::always_inline]] inline std::array<Stream, sizeof...(I)> group_streams(
    const Starts& starts, const Value& value, std::uint32_t entry,
    std::index_sequence<I...> /*unused*/) {
  return {Stream{&value, &starts.of[entry + I], static_cast<std::uint32_t>(entry + I)}...};
}

// The only midstate with each of the values.
template <std::size_t... I>
[[gnu::always_inline]] inline std::array<Stream, sizeof...(I)> single_streams(
    const Starts& starts, const Values& values, std::index_sequence<I...> /*unused*/) {
  return {Stream{&values[I], starts.of.data(), 0}...};
}

// Both add to `hashed` and say whether the judge accepted a candidate.
template <unsigned Word, bool Tail>
[[gnu::always_inline]] inline bool search_group(const Sweep& sweep, const Starts& starts,
                                                const Values& values, Judge& judge,
                                                std::uint64_t& hashed) {
  constexpr std::make_index_sequence<kGroupStreams> kStreams;
  constexpr std::make_index_sequence<1> kOneStream;
  for (const Value& value : values) {
    std::uint32_t entry = 0;
    for (; entry + kGroupStreams <= sweep.entry_count; entry += kGroupStreams) {
      hashed += kGroupStreams;
      if (search_streams<Word, Tail>(sweep, group_streams(starts, value, entry, kStreams), judge)) {
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
[[gnu::always_inline]] inline bool search_single(const Sweep& sweep, const Starts& starts,
                                                 const Values& values, Judge& judge,
                                                 std::uint64_t& hashed) {
  constexpr std::make_index_sequence<kSingleStreams> kStreams;
  hashed += kSingleStreams;
  return search_streams<Word, Tail>(sweep, single_streams(starts, values, kStreams), judge);
}

struct ShaNiSearch {
  template <unsigned Word, bool Tail>
  static std::uint64_t run(const Sweep& sweep, const Slice& slice, Judge& judge) {
    const Starts starts(sweep);
    std::array<Value, kSingleStreams> values;
    for (Value& value : values) {
      value.keyed = sweep.constant_keyed;
    }
    std::uint64_t hashed = 0;
    for (std::uint32_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
      for (std::uint32_t column = 0; column < kAlphabetSize; column += kSingleStreams) {
        for (std::uint32_t i = 0; i < kSingleStreams; ++i) {
          values[i].inner = row * kAlphabetSize + column + i;
          fill<Word>(values[i], sweep, row_word(sweep, row) | sweep.letters[column + i]);
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
};

}  // namespace

const Kernel kShaNiKernel = {
    .name = "sha-ni",
    .description = "x86's SHA extensions",
    .group = kAlphabetSize / kGroupStreams * kGroupStreams,
    .needs = kSse41 | kSha,
    .search = &search_instance<ShaNiSearch>,
};

}  // namespace tlslp
