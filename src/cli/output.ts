/**
 * The two streams: results go to stdout, and everything else goes to stderr.
 */
import { settleStderr, writeStderr } from "../io/stderr.ts";
import { writeStdout } from "../io/stdout.ts";

export const STDERR = 2;

/** How long a result waits for text that was written to stderr before it, in milliseconds. */
const ORDER_TIMEOUT = 100;

/** How long the program waits for the reader of stderr at its end, in milliseconds. */
const END_TIMEOUT = 1000;

/**
 * Writes all of a result before it resolves. Throws an internal fault when it cannot be
 * written: a result that is lost must never look like success.
 */
export async function print(text: string): Promise<void> {
  // Where both streams are one terminal, it shows them in the order in which they were written.
  await settleStderr(ORDER_TIMEOUT);
  await writeStdout(text);
}

/** Returns a result for programs: one object on one line. */
export function jsonLine(result: object): string {
  return `${JSON.stringify(result)}\n`;
}

/** Writes text that is not a result to stderr. A failure cannot be reported, and is ignored. */
export function printNote(text: string): void {
  writeStderr(text);
}

/** Waits until stderr has everything that was written to it, or its reader did not read. */
export async function finishStderr(): Promise<void> {
  await settleStderr(END_TIMEOUT);
}
