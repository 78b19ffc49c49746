/**
 * Loading a native library that is embedded in the executable, compressed by Zstandard
 * (scripts/compile.ts).
 *
 * The system loads libraries from files only. Bun 1.4.5 copies an embedded one to TMPDIR under a
 * name that can be guessed, loads any file that has this name, owner and size, and never removes
 * it (oven-sh/bun#40076). So we make the file, where no other user can change it: on Linux in
 * anonymous memory, and elsewhere, or where such memory cannot be executed, in a private folder.
 * This file can go when Bun loads such a library without a copy in TMPDIR: load it directly, and
 * see whether test/e2e/standalone.test.ts passes.
 */
import { type FFIFunction, FFIType } from "bun:ffi";
import { closeSync, readFileSync, writeFileSync } from "node:fs";
import { LIBC, loadNative } from "./native-functions.ts";

/**
 * Returns the functions of the library at a path that an import "with { type: 'file' }" gave.
 *
 * @param unpacked the descriptor that `unpack` returned for this path; this function closes it
 */
export async function loadEmbedded<Symbols extends Record<string, FFIFunction>>(
  path: string,
  symbols: Symbols,
  unpacked = unpack(path),
) {
  if (!isEmbedded(path)) {
    return loadNative(path, symbols);
  }
  return loadFromMemory(unpacked, symbols) ?? (await loadFromFolder(path, symbols));
}

/** Whether a path lies in the executable. Run from source, it is that of the file itself. */
function isEmbedded(path: string): boolean {
  return path.startsWith("/$bunfs/") || path.includes("~BUN");
}

const MFD_CLOEXEC = 1;

/**
 * Decompresses an embedded library into anonymous memory, and returns its descriptor. Returns
 * undefined where that is not possible, and for a library that is a file of its own.
 */
export function unpack(path: string): number | undefined {
  if (process.platform !== "linux" || !isEmbedded(path)) {
    return undefined;
  }
  const file = createMemory();
  if (file === undefined) {
    return undefined;
  }
  try {
    copy(path, file);
    return file;
  } catch {
    closeSync(file);
    return undefined;
  }
}

function createMemory(): number | undefined {
  const libc = loadNative(LIBC, {
    memfd_create: { args: [FFIType.cstring, FFIType.u32], returns: FFIType.i32 },
  });
  const file = libc.symbols.memfd_create("tlslp-search", MFD_CLOEXEC);
  libc.close();
  return file < 0 ? undefined : file;
}

/** Returns undefined where the system cannot load libraries from anonymous memory. */
function loadFromMemory<Symbols extends Record<string, FFIFunction>>(
  file: number | undefined,
  symbols: Symbols,
) {
  if (file === undefined) {
    return undefined;
  }
  try {
    return loadNative(`/proc/self/fd/${file}`, symbols);
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

async function loadFromFolder<Symbols extends Record<string, FFIFunction>>(
  path: string,
  symbols: Symbols,
) {
  const { withPrivateFolder } = await import("./private-folder.ts");
  return withPrivateFolder(async (folder) => {
    const file = `${folder}/library.${process.platform === "win32" ? "dll" : "so"}`;
    copy(path, file);
    return loadNative(file, symbols);
  });
}

/**
 * Decompresses an embedded library into a file, by its path or its descriptor. The file is closed
 * when this returns: Windows loads no library from a file that is open for writing.
 */
function copy(path: string, target: string | number): void {
  writeFileSync(target, Bun.zstdDecompressSync(readFileSync(path)));
}
