/**
 * Opening the native library. In a release it is embedded in the executable, and the loader wants
 * a file: it gets one that nobody else can reach, so that neither TMPDIR, the working directory nor
 * whoever can write to them decides which code runs here.
 *
 * On Linux that file is anonymous memory. Elsewhere, and where the system forbids to run anonymous
 * memory, it is a copy in a private folder.
 *
 * A search is not to take more memory than it must: what only some systems need, node:fs among it,
 * is loaded there only.
 */
import { FFIType } from "bun:ffi";
import libraryPath from "#search-library" with { type: "file" };
import { oldFault, toFault } from "../fault/fault.ts";
import { LIBC } from "../runtime/libc.ts";
import { loadNative } from "../runtime/native.ts";
import { ABI_VERSION } from "./abi.ts";

/** A "buffer" is kept while the call lasts: of a mere pointer the garbage collector knows nothing. */
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

export type Library = ReturnType<typeof loadNative<typeof SYMBOLS>>["symbols"];

/** Opens the library and checks that it is the one we were built for. Throws an internal fault. */
export async function openLibrary(): Promise<Library> {
  const { symbols } = await load();
  const version = symbols.tlslp_abi_version();
  if (version !== ABI_VERSION) {
    throw oldFault(
      "internal",
      `the search library has ABI version ${version}, expected ${ABI_VERSION}`,
    );
  }
  return symbols;
}

async function load() {
  const embedded = libraryPath.startsWith("/$bunfs/") || libraryPath.includes("~BUN");
  try {
    if (!embedded) {
      return loadNative(libraryPath, SYMBOLS);
    }
    return (await loadFromMemory()) ?? (await loadFromFolder());
  } catch (cause) {
    const { message, hint } = toFault(cause);
    throw oldFault("internal", `cannot load the search library: ${message}`, { hint, cause });
  }
}

const MFD_CLOEXEC = 1;

async function loadFromMemory() {
  if (process.platform !== "linux") {
    return undefined;
  }
  const { symbols, close } = loadNative(LIBC, {
    close: { args: [FFIType.i32], returns: FFIType.i32 },
    memfd_create: { args: [FFIType.cstring, FFIType.u32], returns: FFIType.i32 },
  });
  const file = symbols.memfd_create("tlslp-search", MFD_CLOEXEC);
  if (file < 0) {
    close();
    return undefined;
  }
  try {
    await copyTo(Bun.file(file));
    return loadNative(`/proc/self/fd/${file}`, SYMBOLS);
  } catch {
    return undefined; // Some systems forbid to run anonymous memory: the private folder serves.
  } finally {
    symbols.close(file);
    close();
  }
}

/** Straight from the executable, without a copy in between. */
async function copyTo(target: Bun.BunFile): Promise<void> {
  const library = Bun.file(libraryPath);
  if ((await Bun.write(target, library)) !== library.size) {
    throw new Error("there is no room for it");
  }
}

async function loadFromFolder() {
  const { withPrivateFolder } = await import("../runtime/private-folder.ts");
  return withPrivateFolder(async (folder) => {
    const path = `${folder}/${process.platform === "win32" ? "search.dll" : "search.so"}`;
    await copyTo(Bun.file(path));
    return loadNative(path, SYMBOLS);
  });
}
