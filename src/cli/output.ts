/**
 * The two streams: results go to stdout, and everything else goes to stderr.
 */
import { errorCode, Fault } from "../fault/fault.ts";
import { writeAll } from "../io/write-all.ts";

const STDOUT = 1;
export const STDERR = 2;

/** How long the reader of stderr is waited for at the end, in milliseconds. */
const LAST_CHANCE = 1000;

/** Thrown when the reader of stdout has gone away: the program ends, and that is no failure. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

/**
 * Writes a result, all of it, before it resolves. Throws an internal fault when it cannot be
 * written: a result that is lost must never look like success.
 */
export async function print(text: string): Promise<void> {
  const flags = await flagsOf(STDOUT);
  if (flags !== undefined && isClosed(flags)) {
    throw new Fault("stdoutClosed", {});
  }
  try {
    if (flags !== undefined && isPlain(text, flags)) {
      await Bun.write(Bun.file(STDOUT), text);
    } else {
      writeAll(STDOUT, text);
    }
  } catch (cause) {
    if (errorCode(cause) === "EPIPE") {
      throw new ReaderGone("stdout has no reader", { cause });
    }
    throw new Fault("stdoutUnwritable", { code: errorCode(cause) }, { cause });
  }
}

/** On Linux, fcntl(2) and proc(5). */
const FLAGS = "flags:";
const NON_BLOCKING = 0o4000;
const CLOSE_ON_EXEC = 0o2000000;

/** With which flags a stream is open; undefined on other systems, and without /proc. */
async function flagsOf(stream: number): Promise<number | undefined> {
  const information = await Bun.file(`/proc/self/fdinfo/${stream}`)
    .text()
    .catch(() => "");
  const line = information.split("\n").find((each) => each.startsWith(FLAGS));
  return line === undefined ? undefined : Number.parseInt(line.slice(FLAGS.length), 8);
}

/**
 * Whether a standard stream was closed when we were started. The runtime then puts /dev/null in its
 * place, which takes everything; only that it did so itself can be seen: what is inherited through
 * an exec never is closed by one.
 */
function isClosed(flags: number): boolean {
  return (flags & CLOSE_ON_EXEC) !== 0;
}

/** In bytes. */
const SHORT = 1024;

/**
 * Whether the runtime's own way of writing will do, which takes 2 MiB of memory less than node:fs.
 * It sets room aside at the start of a file for what is longer, even when that is appended; it
 * begins again when a stream that does not block takes a part; and it empties a file for an empty
 * text.
 */
function isPlain(text: string, flags: number): boolean {
  const length = Buffer.byteLength(text);
  return length > 0 && length <= SHORT && (flags & NON_BLOCKING) === 0;
}

/** Writes the last text to stderr, and waits for a slow reader no longer than a second. */
export async function printLast(text: string): Promise<void> {
  const { openWriter, putInTime } = await import("../io/writer.ts");
  const writer = openWriter(STDERR);
  if (writer === undefined) {
    warn(text);
  } else {
    putInTime(writer, text, LAST_CHANCE);
    writer.close();
  }
}

/** A result for programs: one object on one line. */
export function jsonLine(result: object): string {
  return `${JSON.stringify(result)}\n`;
}

/** Writes to stderr. A failure is ignored: there is no place to report it. */
export function warn(text: string): void {
  try {
    writeAll(STDERR, text);
  } catch {
    // The terminal is gone.
  }
}
