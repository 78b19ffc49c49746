/**
 * The puzzle: the digest of a token and a suffix, and the zero bits at its end.
 */

/** Bytes. */
export const DIGEST_LENGTH = 32;

/** Returns the SHA256 of the UTF-8 bytes of both texts, with nothing between them. */
export function digestOf(token: string, ending: string): Uint8Array {
  // Bun.SHA256, because node:crypto takes milliseconds to load, and Bun.CryptoHasher more memory.
  const digest = new Uint8Array(DIGEST_LENGTH);
  Bun.SHA256.hash(token + ending, digest);
  return digest;
}

/** 64 lower-case hexadecimal digits. */
export function toHex(digest: Uint8Array): string {
  return Buffer.from(digest).toString("hex");
}

/** How many of a digest's least significant bits are 0, read as one big-endian number. */
export function trailingZeroBits(digest: Uint8Array): number {
  let bits = 0;
  for (const byte of digest.toReversed()) {
    if (byte !== 0) {
      // The lowest set bit of a byte: 31 - clz32 of the isolated bit.
      return bits + 31 - Math.clz32(byte & -byte);
    }
    bits += 8;
  }
  return bits;
}

/** Whether a suffix solves the puzzle. */
export function isSolution(token: string, suffix: string, bits: number): boolean {
  return trailingZeroBits(digestOf(token, suffix)) >= bits;
}
