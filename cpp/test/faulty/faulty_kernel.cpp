// A kernel that is wrong, for the tests of what callers are told of such: the portable one, blind
// in one lane of four.
#include "kernel.h"

namespace tlslp {
namespace {

class Survivors final : public Judge {
 public:
  explicit Survivors(Judge& judge) : judge_(judge) {}

  bool accepts(std::uint32_t entry, std::uint32_t inner) override {
    return inner % 4 != 3 && judge_.accepts(entry, inner);
  }

 private:
  Judge& judge_;
};

}  // namespace

const Kernel kFaultyKernel = {
    .name = "faulty",
    .description = "a kernel with a dead lane",
    .group = kAlphabetSize,
    .needs = 0,
    .search =
        [](const Sweep& sweep, const Slice& slice, Judge& judge) {
          Survivors survivors(judge);
          return kPortableKernel.search(sweep, slice, survivors);
        },
};

}  // namespace tlslp
