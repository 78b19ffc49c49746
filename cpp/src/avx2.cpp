// The kernel for AVX2: eight lanes.
#include "lane_kernel.h"
#include "lanes.h"

namespace tlslp {
namespace {

struct Avx2;
using Eight = Lanes<8, Avx2>;

}  // namespace

const Kernel kAvx2Kernel = {
    .name = "avx2",
    .description = "eight lanes of AVX2",
    .group = kAlphabetSize,
    .needs = kAvx2,
    .search = &search_instance<LaneSearch<Eight, 3, 2>>,
};

}  // namespace tlslp
