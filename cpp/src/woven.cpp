// The kernel for processors with both the SHA extensions and AVX-512: rounds of the one between the
// steps of the other.
//
// SHA256RNDS2 keeps one of the units busy that work on vectors, and leaves the others idle. So
// while some midstates go through its steps with one value after the other, pairs (pair_kernel.h),
// others go through the rounds with eight values at once, lanes (lane_kernel.h). Their vectors are
// short, because an operation on the longest ones occupies two units. Both share the schedules of
// the same eight values.
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

struct Woven;
using Eight = Lanes<8, Woven>;
using Pair = ShaNiPair<Woven>;

// More do not fit into the registers.
constexpr std::uint32_t kPairStreams = 4;
constexpr std::uint32_t kLaneStreams = 2;

// Between two steps of the pairs, two rounds each, one of the lane streams does a round. So while
// these go through the rounds once, the pairs do so many times, with a value each: their passes.
constexpr std::uint32_t kPasses = Pair::kStep * kLaneStreams;
constexpr std::uint32_t kHalf = kPasses / 2;

// A batch is that. The eight values need several; the pairs have the same midstates in all of them,
// the lanes others in each.
constexpr std::uint32_t kBatches = Eight::kCount / kPasses;
constexpr std::uint32_t kBatch = kPairStreams * kPasses + kLaneStreams * Eight::kCount;
constexpr std::uint32_t kEntries = kPairStreams + kLaneStreams * kBatches;

struct Values {
  LaneValues<Eight> lanes;
  std::array<PairValue, Eight::kCount> pairs;  // the same
};

// Rows from columns: the first words of all, then the second ones and so on. Each turn interleaves
// the two halves.
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

// Gives each of the pairs' values its lane of the schedule.
template <unsigned Word>
[[gnu::always_inline]] inline void deal(Values& values) {
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

// Steps of a pass; in half of the passes also the rounds of each lane stream.
template <unsigned Word>
constexpr unsigned kSteps = (kRoundsToLastWord - Word) / Pair::kStep;

// Half of the passes, with as many values and the midstates from this entry, and between their
// steps the lanes' rounds from that of `keyed`.
//
// Not more of it in one piece, nor inlined where a compiler would unroll the loop around it: the
// processor cannot decode this many instructions in the time in which it runs them, so they must
// fit into its cache of decoded ones.
template <unsigned Word>
[[gnu::noinline]] void weave(const Sweep& sweep, const PairStarts<Pair>& starts,
                             std::uint32_t entry, const PairValue* values, PairLast* last,
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
        sweep, group_streams(starts, values[pass], entry, kStreams), round_of_lanes, kStreams);
  }
  lanes = s;
}

// Hashes a batch and lets the judge see the claims; whether it accepted one. It has these of the
// pairs' values, and all of the lanes' with the midstates from `lane_entry`.
template <unsigned Word>
bool search_batch(const Sweep& sweep, const PairStarts<Pair>& starts, std::uint32_t entry,
                  const PairValue* values, std::uint32_t lane_entry,
                  const LaneValues<Eight>& lane_values, Judge& judge) {
  constexpr std::make_index_sequence<kPairStreams> kStreams;
  const auto lane_streams =
      group_streams(sweep, lane_values, lane_entry, std::make_index_sequence<kLaneStreams>{});
  LaneStates lanes;
  for (std::uint32_t i = 0; i < kLaneStreams; ++i) {
    lanes[i] = enter(lane_streams[i]);
  }
  const Eight* keyed = &lane_values.keyed[Word + 1];
  std::array<PairLast, kPasses> last;
  weave<Word>(sweep, starts, entry, values, last.data(), lanes, keyed);
  weave<Word>(sweep, starts, entry, values + kHalf, last.data() + kHalf, lanes,
              keyed + kSteps<Word>);

  for (std::uint32_t pass = 0; pass < kPasses; ++pass) {
    if (any_accepted(sweep, group_streams(starts, values[pass], entry, kStreams), last[pass],
                     judge)) {
      return true;
    }
  }
  // One round too many has moved e to f.
  constexpr bool kExcess = excess<Pair>(Word + 1, kRoundsToLastWord) != 0;
  std::array<Eight, kLaneStreams> lane_last;
  for (std::uint32_t i = 0; i < kLaneStreams; ++i) {
    lane_last[i] =
        (kExcess ? lanes[i].f : lanes[i].e) + Eight::broadcast(lane_streams[i].entry->midstate[7]);
  }
  return any_accepted(sweep, lane_streams, lane_last, judge);
}

struct WovenSearch {
  static constexpr std::uint32_t kMidstates = kEntries;

  // Nothing is woven where there is one midstate: short suffixes only.
  template <unsigned Word, bool Tail>
  static std::uint64_t run_single(const Sweep& sweep, const Slice& slice, Judge& judge) {
    return kAvx512Kernel.search(sweep, slice, judge);
  }

  template <unsigned Word>
  static std::uint64_t run_group(const Sweep& sweep, const Slice& slice, Judge& judge) {
    constexpr std::make_index_sequence<1> kOneStream;
    PairStarts<Pair> starts;
    fill<Word, false, Pair>(starts, sweep);
    Values values;
    values.lanes.keyed = constant_schedule<Eight>(sweep);
    std::uint64_t hashed = 0;
    for (std::uint32_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
      for (std::uint32_t column = 0; column < kAlphabetSize; column += Eight::kCount) {
        fill<Word, false>(values.lanes, sweep, row, column);
        set(values.pairs, sweep, row, column);
        deal<Word>(values);
        std::uint32_t entry = 0;
        for (; entry + kEntries <= sweep.entry_count; entry += kEntries) {
          std::uint32_t lane_entry = entry + kPairStreams;
          for (std::uint32_t i = 0; i < Eight::kCount; i += kPasses) {
            hashed += kBatch;
            if (search_batch<Word>(sweep, starts, entry, &values.pairs[i], lane_entry, values.lanes,
                                   judge)) {
              return hashed;
            }
            lane_entry += kLaneStreams;
          }
        }
        for (; entry < sweep.entry_count; ++entry) {
          hashed += Eight::kCount;
          if (search_streams<Word, false>(
                  sweep, group_streams(sweep, values.lanes, entry, kOneStream), judge)) {
            return hashed;
          }
        }
      }
    }
    return hashed;
  }
};

}  // namespace

const Kernel kWovenKernel = {
    .name = "sha-ni+avx512",
    .description = "x86's SHA extensions and eight lanes of AVX-512, woven",
    .group = kAlphabetSize / kEntries * kEntries,
    .needs = kSse41 | kSha | kAvx512 | kAvx512vl,
    .search = &search_instance<WovenSearch>,
};

}  // namespace tlslp
