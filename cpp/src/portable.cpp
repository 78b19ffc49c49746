// The kernel for every processor, and the reference for the others: four lanes of plain C++, which
// become whatever the target has (SSE2, NEON, plain registers).
#include "lane_kernel.h"
#include "lanes.h"
#include "ordered_round.h"

namespace tlslp {
namespace {

struct Portable;
using Four = Lanes<4, Portable>;

[[gnu::always_inline]] inline void round(Working<Four>& s, Four addend) {
  round_from_sigmas(s, addend);
}

}  // namespace

const Kernel kPortableKernel = {
    .name = "portable",
    .description = "four lanes of plain C++",
    .group = kAlphabetSize,
    .needs = 0,
    .search = &search_instance<LaneSearch<Four, 1, 1>>,
};

}  // namespace tlslp
