// The kernels of a library in which the preferred kernel is faulty (faulty_kernel.cpp).
#pragma once

#define TLSLP_KERNELS(X) X(kPortableKernel) X(kFaultyKernel)
