/**
 * stdout: results.
 */
import { write, writeSync } from "node:fs";
import { errorCode, Fault } from "../fault/fault.ts";
import { isStdoutClosed } from "../runtime/closed-stdout.ts";

const STDOUT = 1;

/**
 * A longer text is written in a thread of the runtime, and so is all that follows: a reader that is
 * slow, such as a pager, must not keep signals from us. A thread takes time to start.
 */
const MAX_SHORT = 4096;

let hasLongText = false;

/** How long to wait when another program made stdout non-blocking and it is full, milliseconds. */
const PAUSE = 5;

/** Thrown when the reader of stdout, such as `head`, has ended: the program ends without error. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

/**
 * Writes all of the text before it resolves. Throws an internal fault when it cannot: a result that
 * is lost must never look like success.
 */
export async function writeStdout(text: string): Promise<void> {
  if (isStdoutClosed()) {
    throw new Fault("stdoutClosed", {});
  }
  let rest: Uint8Array = Buffer.from(text);
  hasLongText ||= rest.length > MAX_SHORT;
  while (rest.length > 0) {
    const written = hasLongText ? await writeInThread(rest) : writeSome(rest);
    rest = rest.subarray(written);
    if (written === 0) {
      await Bun.sleep(PAUSE);
    }
  }
}

function writeSome(bytes: Uint8Array): number {
  try {
    return writeSync(STDOUT, bytes);
  } catch (cause) {
    return countAfter(cause);
  }
}

function writeInThread(bytes: Uint8Array): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  write(STDOUT, bytes, (cause, written) => (cause ? reject(cause) : resolve(written)));
  return promise.catch(countAfter);
}

/** Returns 0 after an error with which the next try may succeed; throws after others. */
function countAfter(cause: unknown): number {
  const code = errorCode(cause);
  if (code === "EAGAIN") {
    return 0;
  }
  throw code === "EPIPE"
    ? new ReaderGone("the reader of stdout is gone", { cause })
    : new Fault("stdoutUnwritable", { code }, { cause });
}
