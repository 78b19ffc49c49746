/**
 * The puzzle's hash under Node. The rest of the puzzle is shared with Bun.
 */
import { createHash } from "node:crypto";
import { trailingZeroBits } from "../../../src/puzzle/digest.ts";

/** Returns the SHA-256 of the UTF-8 bytes of both texts, with nothing between them. */
export function digestOf(token: string, ending: string): Uint8Array {
  return createHash("sha256").update(token).update(ending).digest();
}

/** Returns whether a suffix solves the puzzle. */
export function verify(token: string, suffix: string, bits: number): boolean {
  return trailingZeroBits(digestOf(token, suffix)) >= bits;
}
