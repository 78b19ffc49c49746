/**
 * Checking the checksum in a client's answer.
 */
import { timingSafeEqual } from "node:crypto";
import { DIGEST_LENGTH, digestOf } from "./digest.ts";

/**
 * Whether a checksum, in hexadecimal, is that of token and arg. The time that the check takes
 * depends on neither.
 */
export function checksumMatches(checksum: string, token: string, arg: string): boolean {
  const claimed = Buffer.from(checksum, "hex");
  return (
    checksum.length === 2 * DIGEST_LENGTH &&
    claimed.length === DIGEST_LENGTH &&
    timingSafeEqual(claimed, digestOf(token, arg))
  );
}
