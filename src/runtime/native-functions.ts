/**
 * Calling functions of native libraries.
 *
 * Bun 1.4.5 compiles code for each native function at run time, and throws an error without a code
 * where the system permits no such memory: the message is the only mark. (We
 * know of no issue that asks Bun for a code.) When Bun gives it one, the check of the message can
 * go; test/e2e/commands/no-code-memory.txt then fails.
 */
import { dlopen, type FFIFunction } from "bun:ffi";
import { Fault } from "../fault/fault.ts";

/**
 * The name of the C library on Linux. No file is looked for, in the working folder or elsewhere,
 * because the library is loaded already: glibc compares the name with those of loaded libraries,
 * and musl takes any `libc.` for itself.
 */
export const LIBC = "libc.so.6";

/** Returns the functions of a library. Throws "noExecutableMemory", or the runtime's error. */
export function loadNative<Symbols extends Record<string, FFIFunction>>(
  path: string,
  symbols: Symbols,
) {
  try {
    return dlopen(path, symbols);
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes("requires the JIT")) {
      throw new Fault("noExecutableMemory", {}, { cause });
    }
    throw cause;
  }
}
