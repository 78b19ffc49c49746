// The kernel for AVX-512: sixteen lanes.
#include "avx512.h"

#include "lane_kernel.h"
#include "lanes.h"

namespace tlslp {
namespace {

struct Avx512;
using Sixteen = Lanes<16, Avx512>;

}  // namespace

const Kernel kAvx512Kernel = {
    .name = "avx512",
    .description = "sixteen lanes of AVX-512",
    .group = kAlphabetSize,
    .needs = kAvx512,
    .search = &search_instance<LaneSearch<Sixteen, 3, 4>>,
};

}  // namespace tlslp
