/**
 * Opening the native library. In a release it is embedded in the executable, and the loader wants
 * a file: it gets one that nobody else can reach, so that neither TMPDIR, the working directory nor
 * whoever can write to them decides which code runs here.
 *
 * On Linux that file is anonymous memory. Elsewhere, and where that is not allowed, it is a copy in
 * a new private folder below the user's home, where nobody else may write to any folder on the way;
 * it is removed once loaded.
 */
import { dlopen, FFIType, ptr } from "bun:ffi";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import libraryPath from "#search-library" with { type: "file" };
import { Fault } from "../fault.ts";
import { findLibc } from "../system/libc.ts";
import { ABI_VERSION } from "./abi.ts";

const SYMBOLS = {
  tlslp_abi_version: { args: [], returns: FFIType.u32 },
  tlslp_kernel_count: { args: [], returns: FFIType.u32 },
  tlslp_kernel_name: { args: [FFIType.u32], returns: FFIType.cstring },
  tlslp_kernel_usable: { args: [FFIType.u32], returns: FFIType.u32 },
  tlslp_measure: {
    args: [FFIType.u32, FFIType.u32, FFIType.u32, FFIType.ptr, FFIType.ptr],
    returns: FFIType.i32,
  },
  tlslp_search: { args: [FFIType.ptr, FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
} as const;

export type Library = ReturnType<typeof dlopen<typeof SYMBOLS>>["symbols"];

/** Opens the library and checks that it is the one we were built for. Throws an internal fault. */
export function openLibrary(): Library {
  const { symbols } = load();
  const version = symbols.tlslp_abi_version();
  if (version !== ABI_VERSION) {
    throw new Fault(
      "internal",
      `the search library has ABI version ${version}, expected ${ABI_VERSION}`,
    );
  }
  return symbols;
}

function load() {
  const embedded = libraryPath.startsWith("/$bunfs/") || libraryPath.includes("~BUN");
  try {
    if (!embedded) {
      return dlopen(libraryPath, SYMBOLS);
    }
    const code = readFileSync(libraryPath);
    return loadFromMemory(code) ?? loadFromPrivateFolder(code);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Fault("internal", `cannot load the search library: ${reason}`, { cause });
  }
}

const MFD_CLOEXEC = 1;

function loadFromMemory(code: Uint8Array) {
  const libc = process.platform === "linux" ? findLibc() : undefined;
  if (libc === undefined) {
    return undefined;
  }
  const { symbols, close } = dlopen(libc, {
    memfd_create: { args: [FFIType.ptr, FFIType.u32], returns: FFIType.i32 },
  });
  const file = symbols.memfd_create(ptr(Buffer.from("tlslp-search\0")), MFD_CLOEXEC);
  close();
  if (file < 0) {
    return undefined;
  }
  try {
    writeWhole(file, code);
    return dlopen(`/proc/self/fd/${file}`, SYMBOLS);
  } catch {
    return undefined; // Some systems forbid to run anonymous memory: the private folder serves.
  } finally {
    closeSync(file);
  }
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written);
  }
}

function loadFromPrivateFolder(code: Uint8Array) {
  const base = join(homedir(), ".cache", "tlslp");
  mkdirSync(base, { recursive: true, mode: 0o700 });
  refuseForeign(base);
  const folder = mkdtempSync(join(base, "search-"));
  try {
    const file = join(folder, process.platform === "win32" ? "search.dll" : "search.so");
    writeFileSync(file, code, { mode: 0o700, flag: "wx" });
    return dlopen(file, SYMBOLS);
  } finally {
    // Windows keeps a loaded library's file; there the folder stays behind.
    rmSync(folder, { recursive: true, force: process.platform === "win32" });
  }
}

/** Whoever could write to a folder on the way could exchange what lies below it. */
function refuseForeign(folder: string): void {
  const uid = process.getuid?.();
  if (uid === undefined) {
    return; // Windows: homes are their users' own.
  }
  const { uid: owner, mode } = statSync(folder);
  const isOurs = owner === uid || owner === 0;
  const isShared = (mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0;
  if (!isOurs || isShared) {
    throw new Error(`others may write to ${folder}`);
  }
  if (dirname(folder) !== folder) {
    refuseForeign(dirname(folder));
  }
}

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;
