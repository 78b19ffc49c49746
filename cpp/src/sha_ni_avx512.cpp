// The kernel for processors with both the SHA extensions and AVX-512. It interleaves the two:
// between two SHA instructions it does a round with AVX-512.
//
// SHA256RNDS2 keeps one of the processor's vector units busy and leaves the others idle. So some
// midstates go through the SHA instructions, with one value after the other ("pairs",
// pair_kernel.h), while others go through plain rounds with eight values at once ("lanes",
// lane_kernel.h). The vectors have eight lanes and not sixteen, because an operation on sixteen
// lanes occupies two units. Pairs and lanes use the same eight values, and share their message
// schedules.
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "avx512.h"
#include "lane_kernel.h"
#include "lanes.h"
#include "pair_kernel.h"
#include "sha_ni.h"

namespace tlslp {
namespace {

struct ShaNiAvx512;
using Eight = Lanes<8, ShaNiAvx512>;
using Pair = ShaNiPair<ShaNiAvx512>;

// As many streams as fit into the registers.
constexpr std::uint32_t kPairStreams = 4;
constexpr std::uint32_t kLaneStreams = 2;

// Before each step of the pairs, which is two rounds, one of the lane streams does one round. So
// while the lanes go through the rounds once, the pairs go through them several times. Each of
// these times is a pass, and takes another value.
constexpr std::uint32_t kPasses = Pair::kStep * kLaneStreams;
constexpr std::uint32_t kHalf = kPasses / 2;

// In a batch, the lanes go through the rounds once. The pairs need several batches for the eight
// values, with the same midstates in each. The lanes take other midstates in each batch.
constexpr std::uint32_t kBatches = Eight::kCount / kPasses;
constexpr std::uint32_t kBatchCandidates = kPairStreams * kPasses + kLaneStreams * Eight::kCount;
constexpr std::uint32_t kMidstates = kPairStreams + kLaneStreams * kBatches;

struct Values {
  LaneValues<Eight> lanes;
  std::array<PairValue, Eight::kCount> pairs;  // the same values
};

// Transposes a matrix of eight by eight words. Each turn interleaves its two halves.
[[gnu::always_inline]] inline std::array<Eight, 8> transposed(std::array<Eight, 8> x) {
  for (int turn = 0; turn < 3; ++turn) {
    const std::array<Eight, 8> y = x;
    for (std::size_t i = 0; i < 4; ++i) {
      x[2 * i] = {__builtin_shufflevector(y[i].v, y[i + 4].v, 0, 8, 1, 9, 2, 10, 3, 11)};
      x[2 * i + 1] = {__builtin_shufflevector(y[i].v, y[i + 4].v, 4, 12, 5, 13, 6, 14, 7, 15)};
    }
  }
  return x;
}

// Copies the schedule from each lane to the value of the pairs.
template <unsigned Word>
[[gnu::always_inline]] inline void copy_schedules(Values& values) {
#pragma GCC unroll 8
  for (unsigned t = (Word + 1) / 8 * 8; t < kRounds; t += 8) {
    std::array<Eight, 8> rounds;
    for (unsigned i = 0; i < 8; ++i) {
      rounds[i] = values.lanes.keyed[t + i];
    }
    const std::array<Eight, 8> rows = transposed(rounds);
    for (unsigned i = 0; i < 8; ++i) {
      rows[i].store(&values.pairs[i].keyed[t]);
    }
  }
}

using LaneStates = std::array<Working<Eight>, kLaneStreams>;
using PairLast = std::array<std::uint32_t, kPairStreams>;

// How many steps a pass has. In half of the passes each lane stream does as many rounds.
template <unsigned Word>
constexpr unsigned kSteps = (kRoundsToLastWord - Word) / Pair::kStep;

// Does half of the passes of the pairs, one for each of `values`, with the midstates from
// `midstate` on; and between their steps the rounds of the lanes, from that of `keyed` on.
//
// The processor decodes instructions more slowly than it runs these, so the code has to fit into
// its cache of decoded instructions. That is why this function does only half of the passes, and
// why it must not be inlined: the compiler would unroll the loop around it.
template <unsigned Word>
[[gnu::noinline]] void interleave(const Sweep& sweep, const PairMidstates<Pair>& midstates,
                                  std::uint32_t midstate, const PairValue* values, PairLast* last,
                                  LaneStates& lanes, const Eight* keyed) {
  constexpr std::make_index_sequence<kPairStreams> kStreams;
  LaneStates s = lanes;
#pragma GCC unroll 8
  for (unsigned pass = 0; pass < kHalf; ++pass) {
    const auto round_of_lanes = [&](unsigned t) __attribute__((always_inline)) {
      const unsigned step = pass * kSteps<Word> + (t - Word - 1) / Pair::kStep;
      Working<Eight>& stream = s[step % kLaneStreams];
      round(stream, stream.h + keyed[step / kLaneStreams]);
    };
    last[pass] = last_words<Word, false, false>(
        sweep, group_streams(midstates, values[pass], midstate, kStreams), round_of_lanes,
        kStreams);
  }
  lanes = s;
}

// Hashes a batch, and returns whether the handler accepted a hit. The pairs take `values`, with the
// midstates from `midstate` on; the lanes take `lane_values`, with those from `lane_midstate` on.
template <unsigned Word>
bool search_batch(const Sweep& sweep, const PairMidstates<Pair>& midstates, std::uint32_t midstate,
                  const PairValue* values, std::uint32_t lane_midstate,
                  const LaneValues<Eight>& lane_values, HitHandler& handler) {
  constexpr std::make_index_sequence<kPairStreams> kStreams;
  const auto lane_streams =
      group_streams(sweep, lane_values, lane_midstate, std::make_index_sequence<kLaneStreams>{});
  LaneStates lanes;
  for (std::uint32_t i = 0; i < kLaneStreams; ++i) {
    lanes[i] = first_state(lane_streams[i]);
  }
  const Eight* keyed = &lane_values.keyed[Word + 1];
  std::array<PairLast, kPasses> last;
  interleave<Word>(sweep, midstates, midstate, values, last.data(), lanes, keyed);
  interleave<Word>(sweep, midstates, midstate, values + kHalf, last.data() + kHalf, lanes,
                   keyed + kSteps<Word>);

  for (std::uint32_t pass = 0; pass < kPasses; ++pass) {
    if (handle_hits(sweep, group_streams(midstates, values[pass], midstate, kStreams), last[pass],
                    handler)) {
      return true;
    }
  }
  // After a surplus round, the e of the round before is f.
  constexpr bool kSurplus = surplus_rounds<Pair>(Word + 1, kRoundsToLastWord) != 0;
  std::array<Eight, kLaneStreams> lane_last;
  for (std::uint32_t i = 0; i < kLaneStreams; ++i) {
    lane_last[i] =
        (kSurplus ? lanes[i].f : lanes[i].e) + Eight::broadcast(lane_streams[i].midstate->state[7]);
  }
  return handle_hits(sweep, lane_streams, lane_last, handler);
}

struct InterleavedSearch {
  static constexpr std::uint32_t kMidstatesAtOnce = kMidstates;

  // With one midstate, which only short suffixes have, there is nothing to interleave.
  template <unsigned Word, bool Tail>
  static std::uint64_t run_single(const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    return kAvx512Kernel.search(sweep, slice, handler);
  }

  template <unsigned Word>
  static std::uint64_t run_group(const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    constexpr std::make_index_sequence<1> kOneStream;
    PairMidstates<Pair> midstates;
    convert_midstates<Word, false, Pair>(midstates, sweep);
    Values values;
    values.lanes.keyed = constant_schedule<Eight>(sweep);
    std::uint64_t hashed = 0;
    for (std::uint32_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
      for (std::uint32_t column = 0; column < kAlphabetSize; column += Eight::kCount) {
        prepare_values<Word, false>(values.lanes, sweep, row, column);
        set_values(values.pairs, sweep, row, column);
        copy_schedules<Word>(values);
        std::uint32_t midstate = 0;
        for (; midstate + kMidstates <= sweep.midstate_count; midstate += kMidstates) {
          std::uint32_t lane_midstate = midstate + kPairStreams;
          for (std::uint32_t i = 0; i < Eight::kCount; i += kPasses) {
            hashed += kBatchCandidates;
            if (search_batch<Word>(sweep, midstates, midstate, &values.pairs[i], lane_midstate,
                                   values.lanes, handler)) {
              return hashed;
            }
            lane_midstate += kLaneStreams;
          }
        }
        for (; midstate < sweep.midstate_count; ++midstate) {
          hashed += Eight::kCount;
          if (search_streams<Word, false>(
                  sweep, group_streams(sweep, values.lanes, midstate, kOneStream), handler)) {
            return hashed;
          }
        }
      }
    }
    return hashed;
  }
};

}  // namespace

const Kernel kShaNiAvx512Kernel = {
    .name = "sha-ni+avx512",
    .group_size = kAlphabetSize / kMidstates * kMidstates,
    .needs = kSse41 | kSha | kAvx512 | kAvx512vl,
    .search = &search_by_form<InterleavedSearch>,
};

}  // namespace tlslp
