// Whether a kernel finds on this machine what it should.
#pragma once

#include "kernel.h"
#include "layout.h"

namespace tlslp {

// Searches a little of a sweep of this shape's form and compares the claims with the portable
// kernel's. Takes some ten microseconds.
bool passes_self_test(const Kernel& kernel, const Shape& shape);

// The same in every form there is.
bool passes_self_test(const Kernel& kernel);

}  // namespace tlslp
