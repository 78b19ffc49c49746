/**
 * The native library inside an executable.
 */
import { zstdDecompressSync } from "node:zlib";

const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** The first bytes of a library for Linux, for macOS and for Windows. */
const LIBRARY_MAGICS = [
  Buffer.from("\x7fELF"),
  Buffer.from([0xcf, 0xfa, 0xed, 0xfe]),
  Buffer.from("MZ"),
];

/**
 * Returns the library that scripts/compile.ts has embedded, decompressed. It is the last compressed
 * library in the executable. Throws an error when there is none.
 */
export function extractLibrary(executable: Buffer): Buffer {
  for (
    let at = executable.lastIndexOf(ZSTD_MAGIC);
    at > 0;
    at = executable.lastIndexOf(ZSTD_MAGIC, at - 1)
  ) {
    const found = decompress(executable.subarray(at));
    if (found !== undefined && LIBRARY_MAGICS.some((magic) => found.indexOf(magic) === 0)) {
      return found;
    }
  }
  throw new Error("the executable holds no library");
}

/** Returns undefined when the bytes only look like the beginning of compressed data. */
function decompress(bytes: Buffer): Buffer | undefined {
  try {
    return zstdDecompressSync(bytes);
  } catch {
    return undefined;
  }
}
