/**
 * Checking what a client claims to have computed.
 */
import { timingSafeEqual } from "node:crypto";

/** Compares a checksum in hexadecimal with a digest, in time that tells nothing about either. */
export function checksumMatches(checksum: string, digest: Uint8Array): boolean {
  const claimed = Buffer.from(checksum, "hex");
  return claimed.length === digest.length && timingSafeEqual(claimed, digest);
}
