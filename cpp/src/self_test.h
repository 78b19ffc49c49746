// Whether a kernel finds on this machine what it should.
#pragma once

#include <cstdint>

#include "kernel.h"
#include "layout.h"

namespace tlslp {

// How many midstates it searches where a sweep has several.
constexpr std::uint32_t kSelfTestMidstates = 11;

// Searches a little of a sweep of this shape's form and compares the claims with the portable
// kernel's. Takes some ten microseconds.
bool passes_self_test(const Kernel& kernel, const Shape& shape);

// The same in every form there is.
bool passes_self_test(const Kernel& kernel);

}  // namespace tlslp
