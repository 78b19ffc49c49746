/**
 * Writing to streams that are open already.
 */
import { errorCode } from "../fault/fault.ts";

/** Writes a text to a file descriptor, all of it, before it returns; throws what the system says. */
export function writeAll(target: number, text: string): void {
  // Not for everybody who might write: node:fs takes 2 MiB of memory.
  const { writeSync } = process.getBuiltinModule("node:fs");
  const written = writePatiently(() => writeSync(target, text));
  if (written === Buffer.byteLength(text)) {
    return;
  }
  let rest = Buffer.from(text).subarray(written);
  while (rest.length > 0) {
    rest = rest.subarray(writePatiently(() => writeSync(target, rest)));
  }
}

/** Tries again where somebody else made the stream non-blocking, and its reader is slow. */
function writePatiently(write: () => number): number {
  for (;;) {
    try {
      return write();
    } catch (error) {
      if (errorCode(error) !== "EAGAIN") {
        throw error;
      }
      Bun.sleepSync(1);
    }
  }
}
