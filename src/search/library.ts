/**
 * The native library.
 */
import { FFIType } from "bun:ffi";
import libraryPath from "#search-library" with { type: "file" };
import { errorCode, Fault, isFault, toFault } from "../fault/fault.ts";
import { loadEmbedded, unpack } from "../runtime/embedded-library.ts";
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

/** Returns a descriptor for `openLibrary`, which then takes less time; undefined without need. */
export function unpackLibrary(): number | undefined {
  try {
    return unpack(libraryPath);
  } catch {
    return undefined; // Opening the library fails too, and says why.
  }
}

/**
 * Opens the library, and checks that its version is ours. Throws an internal fault.
 *
 * @param unpacked from `unpackLibrary`, also in another thread
 */
export async function openLibrary(unpacked?: number): Promise<Library> {
  const { symbols } = await load(unpacked);
  const version = symbols.tlslp_abi_version();
  if (version !== ABI_VERSION) {
    throw new Fault("libraryVersion", { version, expected: ABI_VERSION });
  }
  return symbols;
}

async function load(unpacked: number | undefined) {
  try {
    return await loadEmbedded(libraryPath, SYMBOLS, unpacked);
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
