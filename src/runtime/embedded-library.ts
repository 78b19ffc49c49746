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
import { withPrivateFolder } from "./private-folder.ts";

/** Returns the functions of the library at a path that an import "with { type: 'file' }" gave. */
export async function loadEmbedded<Symbols extends Record<string, FFIFunction>>(
  path: string,
  symbols: Symbols,
) {
  if (!isEmbedded(path)) {
    return loadNative(path, symbols);
  }
  return (await loadFromMemory(path, symbols)) ?? (await loadFromFolder(path, symbols));
}

/** Whether a path lies in the executable. Run from source, it is that of the file itself. */
function isEmbedded(path: string): boolean {
  return path.startsWith("/$bunfs/") || path.includes("~BUN");
}

const MFD_CLOEXEC = 1;

/** Returns undefined where the system cannot load libraries from anonymous memory. */
async function loadFromMemory<Symbols extends Record<string, FFIFunction>>(
  path: string,
  symbols: Symbols,
) {
  if (process.platform !== "linux") {
    return undefined;
  }
  const libc = loadNative(LIBC, {
    memfd_create: { args: [FFIType.cstring, FFIType.u32], returns: FFIType.i32 },
  });
  const file = libc.symbols.memfd_create("tlslp-search", MFD_CLOEXEC);
  libc.close();
  if (file < 0) {
    return undefined;
  }
  try {
    copy(path, file);
    return loadNative(`/proc/self/fd/${file}`, symbols);
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

function loadFromFolder<Symbols extends Record<string, FFIFunction>>(
  path: string,
  symbols: Symbols,
) {
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
