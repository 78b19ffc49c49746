// Whether a kernel finds on this machine what it should.
#pragma once

#include "kernel.h"

namespace tlslp {

// Searches a little of a sweep of every form there is and compares the claims with the portable
// kernel's. Takes less than a millisecond.
bool passes_self_test(const Kernel& kernel);

}  // namespace tlslp
