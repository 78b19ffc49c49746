// The kernels the library was built with, and which of them may be used here.
#pragma once

#include <cstdint>
#include <span>

#include "kernel.h"

namespace tlslp {

// All of them; the portable one is the first.
std::span<const Kernel* const> kernels();

// Whether this processor can run the kernel and it passed its self-test, which is made the first
// time that somebody asks. For an index below kernels().size(), from any thread.
bool kernel_usable(std::uint32_t index);

// The kernel that TLSLP_AUTO_KERNEL stands for.
std::uint32_t automatic_kernel();

}  // namespace tlslp
