// The kernel for every processor, with which the others are compared: four lanes of plain C++,
// which the compiler turns into SSE2, NEON or plain registers.
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
    .group_size = kAlphabetSize,
    .needs = 0,
    .search = &search_by_form<LaneSearch<Four, 1, 1>>,
};

}  // namespace tlslp
