// The kernel for x86's SHA extensions.
#include "sha_ni.h"

#include <cstdint>

#include "pair_kernel.h"

namespace tlslp {
namespace {

struct ShaNi;

constexpr std::uint32_t kGroupStreams = 6;
constexpr std::uint32_t kSingleStreams = 4;

}  // namespace

const Kernel kShaNiKernel = {
    .name = "sha-ni",
    .group_size = kAlphabetSize / kGroupStreams * kGroupStreams,
    .needs = kSse41 | kSha,
    .search = &search_by_form<PairSearch<ShaNiPair<ShaNi>, kGroupStreams, kSingleStreams>>,
};

}  // namespace tlslp
