# The kernels of the library. To add one, write its file (avx2.cpp is a short example) and add a
# line to the list below.

if(CMAKE_SIZEOF_VOID_P EQUAL 8 AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(processor x86)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)$")
  set(processor arm)
else()
  set(processor other)
endif()

set(ordered "")
set(wide "")
if(processor STREQUAL "x86" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Makes GCC keep the order of operations in the sources, which is faster: see docs/performance.md.
  set(ordered -fno-schedule-insns2 -fno-tree-reassoc)
  if(MINGW)
    # GCC does not align the stack for wide vectors on Windows (GCC bug 54412).
    set(wide -Wa,-muse-unaligned-vector-move)
  endif()
endif()

set(TLSLP_KERNEL_SOURCES "") # the files that are compiled for some processors only
set(kernels "")
# tlslp_kernel(FILE CONSTANT TARGET OPTION...): adds a kernel's file, which defines CONSTANT, if the
# library is built for TARGET: x86, arm or any. At run time the library finds out which of its
# kernels the processor can run.
macro(tlslp_kernel file constant built_for)
  if("${built_for}" MATCHES "^(any|${processor})$")
    target_sources(tlslp-objects PRIVATE src/${file})
    set_source_files_properties(src/${file} PROPERTIES COMPILE_OPTIONS "${ARGN}")
    string(APPEND kernels " X(${constant})")
    if(NOT "${built_for}" STREQUAL "any")
      list(APPEND TLSLP_KERNEL_SOURCES src/${file})
    endif()
  endif()
endmacro()

# The list, from the slowest kernel to the fastest on most processors.
tlslp_kernel(portable.cpp kPortableKernel any ${ordered})
tlslp_kernel(avx2.cpp kAvx2Kernel x86 -mavx2 ${ordered} ${wide})
tlslp_kernel(avx512.cpp kAvx512Kernel x86 -mavx512f ${ordered} ${wide})
tlslp_kernel(sha_ni.cpp kShaNiKernel x86 -msse4.1 -msha)
tlslp_kernel(sha_ni_avx512.cpp kShaNiAvx512Kernel x86 -msha -mavx512f -mavx512vl ${ordered} ${wide})
tlslp_kernel(neon.cpp kNeonKernel arm)
tlslp_kernel(arm_sha2.cpp kArmSha2Kernel arm -mcpu=generic+crypto)

# Writes the same list for C++: kernel.h declares the kernels, kernel_selector.cpp selects one.
file(CONFIGURE OUTPUT generated/kernel_list.h CONTENT "// Written by src/kernels.cmake.
#pragma once

#define TLSLP_KERNELS(X)@kernels@
" @ONLY)
target_include_directories(tlslp-objects PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/generated)
