// Tests whether a kernel finds on this machine the hits that it should.
#pragma once

#include <cstdint>

#include "kernel.h"
#include "layout.h"

namespace tlslp {

// How many midstates the self-test searches in a form that has several.
constexpr std::uint32_t kSelfTestMidstates = 11;

// Searches one row in the form of this shape and returns whether the kernel finds the same hits as
// the portable kernel. Takes some ten microseconds.
bool passes_self_test(const Kernel& kernel, const Shape& shape);

}  // namespace tlslp
