# Names in cpp/ that the scripts of this folder depend on. When cpp/ changes them, change them here.
# shellcheck shell=bash disable=SC2034

OBJECTS=CMakeFiles/tlslp-objects.dir/src

# The functions with the inner loop of the long form, with the varying word at 13.
INNER_LOOPS='(run_group<13u>|interleave<13u)'

# Each kernel: its name, its source file, and how many candidates go through the rounds side by side
# (streams times lanes).
X64_KERNELS=(avx2:avx2:16 avx512:avx512:48 sha-ni:sha_ni:6 sha-ni+avx512:sha_ni_avx512:16)
ARM64_KERNELS=(portable:portable:4 neon:neon:8 arm-sha2:arm_sha2:4)

# Changes of a kernel's source file, as sed scripts.
COMPILER_MAY_REORDER='/__asm__/d'
STANDARD_ROUND='/inline void round/,/^}/d'
SIGMAS_FIRST='s/round_from_rotations/round_from_sigmas/'
ROTATIONS_FIRST='s/round_from_sigmas/round_from_rotations/'
PLAIN_ZERO_TEST='/inline std::uint32_t zero_lanes/,/^}/d'

# streams VECTOR COUNT: the sed script that gives a kernel COUNT streams.
streams() { printf 's/<%s, [0-9], /<%s, %s, /' "$1" "$1" "$2"; }
