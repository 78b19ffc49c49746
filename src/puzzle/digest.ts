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

/** Returns a digest as 64 lower-case hexadecimal digits. */
export function toHex(digest: Uint8Array): string {
  return Buffer.from(digest).toString("hex");
}

/** Returns how many of the least significant bits of a digest, a big-endian number, are 0. */
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
