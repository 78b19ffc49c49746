// The kernel for every processor, and the reference for the others: four lanes of plain C++, which
// become whatever the target has (SSE2, NEON, plain registers).
#include "lane_kernel.h"
#include "lanes.h"

namespace tlslp {
namespace {

struct Portable;
using Four = Lanes<4, Portable>;

}  // namespace

const Kernel kPortableKernel = {
    .name = "portable",
    .description = "four lanes of plain C++",
    .group = kAlphabetSize,
    .needs = 0,
    .search = &search_instance<LaneSearch<Four, 1, 1>>,
};

}  // namespace tlslp
