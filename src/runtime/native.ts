/**
 * Loading native libraries.
 */
import { dlopen, type FFIFunction } from "bun:ffi";
import { oldFault } from "../fault/fault.ts";

/**
 * The functions of a native library, as the runtime gives them. Throws an internal fault where the
 * system does not let it: to call native functions it must make code for that.
 */
export function loadNative<Symbols extends Record<string, FFIFunction>>(
  path: string,
  symbols: Symbols,
) {
  try {
    return dlopen(path, symbols);
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes("requires the JIT")) {
      throw oldFault("internal", "the system allows no memory for code that is made at run time", {
        hint: "a limit on address space (ulimit -v) or a ban on such code (MemoryDenyWriteExecute=) must be lifted",
        cause,
      });
    }
    throw cause;
  }
}
