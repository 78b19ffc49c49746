/**
 * Writing to streams that are open already.
 */
import { writeSync } from "node:fs";
import { errorCode } from "../fault.ts";

/** Writes a text to a file descriptor, all of it, before it returns; throws what the system says. */
export function writeAll(target: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(target, rest));
    } catch (error) {
      if (errorCode(error) !== "EAGAIN") {
        throw error;
      }
      Bun.sleepSync(1); // Somebody else made the stream non-blocking, and its reader is slow.
    }
  }
}
