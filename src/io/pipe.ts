/**
 * Reading a pipe that the user's shell gave us, as in `--private-key <(openssl pkey -in key.pem)`.
 */
import { readSync } from "node:fs";
import { errorCode } from "../fault/fault.ts";

/** Paths that name a descriptor which the program was started with. */
const GIVEN = /^(?:\/dev\/stdin|\/dev\/fd\/\d+|\/proc\/self\/fd\/\d+)$/;

/** Whether a path names such a descriptor. */
export function namesDescriptor(path: string): boolean {
  return GIVEN.test(path);
}

/** How long to wait when the pipe is empty, in milliseconds. */
const PAUSE = 10;

/**
 * Reads a pipe to its end, or one byte more than `maxSize`. Returns undefined when the pipe did not
 * end within `seconds`. The descriptor must be non-blocking.
 */
export function readPipe(
  descriptor: number,
  { maxSize, seconds }: { readonly maxSize: number; readonly seconds: number },
): Buffer | undefined {
  const deadline = performance.now() + seconds * 1000;
  const buffer = Buffer.alloc(maxSize + 1);
  let length = 0;
  while (performance.now() < deadline) {
    const count = readSome(descriptor, buffer.subarray(length));
    if (count === undefined) {
      Bun.sleepSync(PAUSE);
    } else if (count === 0 || length + count > maxSize) {
      return buffer.subarray(0, length + count);
    } else {
      length += count;
    }
  }
  return undefined;
}

/** Returns how many bytes were read: 0 at the end, undefined when none has been written yet. */
function readSome(descriptor: number, target: Uint8Array): number | undefined {
  try {
    return readSync(descriptor, target);
  } catch (error) {
    if (errorCode(error) === "EAGAIN") {
      return undefined;
    }
    throw error;
  }
}
