// A faulty kernel: the portable kernel, but without the hits of one lane in four. Tests check how
// callers learn that it failed.
#include "kernel.h"

namespace tlslp {
namespace {

class WorkingLanes final : public HitHandler {
 public:
  explicit WorkingLanes(HitHandler& handler) : handler_(handler) {}

  bool accept(std::uint32_t midstate, std::uint32_t inner) override {
    return inner % 4 != 3 && handler_.accept(midstate, inner);
  }

 private:
  HitHandler& handler_;
};

}  // namespace

const Kernel kFaultyKernel = {
    .name = "faulty",
    .group_size = kAlphabetSize,
    .needs = 0,
    .search =
        [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
          WorkingLanes working_lanes(handler);
          return kPortableKernel.search(sweep, slice, working_lanes);
        },
};

}  // namespace tlslp
