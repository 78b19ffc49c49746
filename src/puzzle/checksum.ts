/**
 * Checking what a client claims to have computed.
 */
import { timingSafeEqual } from "node:crypto";
import { DIGEST_LENGTH, digestOf } from "./digest.ts";

// Used again for every checksum, and read before anything else can happen: a server checks many.
const claimed = Buffer.alloc(DIGEST_LENGTH);
const digest = Buffer.alloc(DIGEST_LENGTH);

/**
 * Whether a checksum, in hexadecimal, is that of both texts; compared in time that tells nothing
 * about either.
 */
export function checksumMatches(checksum: string, token: string, ending: string): boolean {
  if (checksum.length !== 2 * DIGEST_LENGTH || claimed.write(checksum, "hex") < DIGEST_LENGTH) {
    return false;
  }
  return timingSafeEqual(claimed, digestOf(token, ending, digest));
}
