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

interface PipeLimits {
  /** The most bytes; one byte more is read, and then the rest is left. */
  readonly maxSize: number;
  readonly seconds: number;
}

/**
 * Reads a pipe to its end. Returns undefined when it did not end in time. The descriptor must be
 * non-blocking. The whole program waits meanwhile.
 */
export function readPipe(descriptor: number, limits: PipeLimits): Buffer | undefined {
  const deadline = performance.now() + limits.seconds * 1000;
  const readOn = createReader(descriptor, limits.maxSize);
  while (performance.now() < deadline) {
    const content = readOn();
    if (content !== undefined) {
      return content;
    }
    Bun.sleepSync(PAUSE);
  }
  return undefined;
}

/** Does the same, and handles signals meanwhile; throws the reason of `signal`. */
export async function awaitPipe(
  descriptor: number,
  { maxSize, seconds, signal }: PipeLimits & { readonly signal: AbortSignal },
): Promise<Buffer | undefined> {
  const deadline = performance.now() + seconds * 1000;
  const readOn = createReader(descriptor, maxSize);
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    const content = readOn();
    if (content !== undefined) {
      return content;
    }
    await Bun.sleep(PAUSE);
  }
  return undefined;
}

/**
 * Returns a function that reads all that has been written. It returns undefined until the pipe has
 * ended or is too long, and then the content.
 */
function createReader(descriptor: number, maxSize: number): () => Buffer | undefined {
  const buffer = Buffer.alloc(maxSize + 1);
  let length = 0;
  return () => {
    for (;;) {
      const count = readSome(descriptor, buffer.subarray(length));
      if (count === undefined) {
        return undefined;
      }
      length += count;
      if (count === 0 || length > maxSize) {
        return buffer.subarray(0, length);
      }
    }
  };
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
