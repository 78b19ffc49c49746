/**
 * The C library, for the few things that the runtime does not offer. Linux only.
 */

/**
 * What the loader knows the C library by. It has it already, and so looks for it nowhere: not in the
 * working directory either. glibc compares such a name with those that it has loaded, and musl takes
 * any `libc.` for itself.
 */
export const LIBC = "libc.so.6";
