/**
 * The native library.
 */
import { FFIType } from "bun:ffi";
import libraryPath from "#search-library" with { type: "file" };
import { errorCode, Fault, isFault, toFault } from "../fault/fault.ts";
import { loadEmbedded } from "../runtime/embedded-library.ts";
import { ABI_VERSION } from "./abi.ts";

/** A "buffer" is kept alive during the call; the garbage collector could free a mere pointer's. */
const SYMBOLS = {
  tlslp_abi_version: { args: [], returns: FFIType.u32 },
  tlslp_kernel_count: { args: [], returns: FFIType.u32 },
  tlslp_kernel_name: { args: [FFIType.u32], returns: FFIType.cstring },
  tlslp_kernel_usable: { args: [FFIType.u32], returns: FFIType.u32 },
  tlslp_kernel_failed: { args: [FFIType.u32], returns: FFIType.u32 },
  tlslp_choose: { args: ["buffer", "buffer"], returns: FFIType.i32 },
  tlslp_measure: {
    args: [FFIType.u32, FFIType.u32, FFIType.u32, "buffer", "buffer"],
    returns: FFIType.i32,
  },
  tlslp_search: { args: ["buffer", "buffer", "buffer"], returns: FFIType.i32 },
} as const;

export type Library = Awaited<ReturnType<typeof load>>["symbols"];

/** Opens the library, and checks that its version is ours. Throws an internal fault. */
export async function openLibrary(): Promise<Library> {
  const { symbols } = await load();
  const version = symbols.tlslp_abi_version();
  if (version !== ABI_VERSION) {
    throw new Fault("libraryVersion", { version, expected: ABI_VERSION });
  }
  return symbols;
}

async function load() {
  try {
    return await loadEmbedded(libraryPath, SYMBOLS);
  } catch (cause) {
    throw isFault(cause, "noExecutableMemory")
      ? cause
      : new Fault(
          "libraryUnloadable",
          { reason: toFault(cause).message, code: errorCode(cause) },
          { cause },
        );
  }
}
