# Zig's Clang, which builds for every release target from one machine. A file that includes this
# sets CMAKE_SYSTEM_NAME, CMAKE_SYSTEM_PROCESSOR and TLSLP_ZIG_TARGET first. `zig` must be in PATH.
find_program(TLSLP_ZIG zig REQUIRED)
set(CMAKE_C_COMPILER ${TLSLP_ZIG} cc)
set(CMAKE_CXX_COMPILER ${TLSLP_ZIG} c++)
set(CMAKE_C_COMPILER_TARGET ${TLSLP_ZIG_TARGET})
set(CMAKE_CXX_COMPILER_TARGET ${TLSLP_ZIG_TARGET})
# CMake asks a compiler for a dependency file in a way that Zig does not know on Windows.
set(CMAKE_C_LINKER_DEPFILE_SUPPORTED FALSE)
set(CMAKE_CXX_LINKER_DEPFILE_SUPPORTED FALSE)
# CMake's own tests of the compiler do not link: their options differ from the library's, and Zig
# would build a second C++ library for them, which takes more than a minute.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
