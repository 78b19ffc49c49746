/**
 * The two streams. Results go to stdout and nothing else does; all else goes to stderr. Errors are
 * lower-case fragments without a period, one line each.
 */
import { errorCode, type Fault, oldFault } from "../fault/fault.ts";
import { printable } from "../fault/printable.ts";
import { writeAll } from "../io/write-all.ts";

const STDOUT = 1;
const STDERR = 2;

/** How long the reader of stderr is waited for at the end, in milliseconds. */
const LAST_CHANCE = 1000;

/** Thrown when the reader of stdout has gone away: the program ends, and that is nobody's fault. */
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
    throw oldFault("internal", "cannot write to stdout: it is closed");
  }
  try {
    if (flags !== undefined && isPlain(text, flags)) {
      await Bun.write(Bun.file(STDOUT), text);
    } else {
      writeAll(STDOUT, text);
    }
  } catch (cause) {
    if (errorCode(cause) === "EPIPE") {
      throw new ReaderGone("nobody reads stdout", { cause });
    }
    throw oldFault("internal", `cannot write to stdout: ${errorCode(cause)}`, { cause });
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

/** Says what ended us, to a reader who may have been gone, or asleep, for long. */
export async function printError(
  fault: Fault,
  { withStack }: { readonly withStack: boolean },
): Promise<void> {
  const { openWriter, putInTime } = await import("../io/writer.ts");
  const hint = fault.hint === undefined ? "" : `tlslp: hint: ${printable(fault.hint)}\n`;
  const stack = withStack ? `${stackOf(fault)}\n` : "";
  const text = `tlslp: error: ${printable(fault.message)}\n${hint}${stack}`;
  const writer = openWriter(STDERR);
  if (writer === undefined) {
    warn(text);
  } else {
    putInTime(writer, text, LAST_CHANCE);
    writer.close();
  }
}

/** Writes to stderr; what cannot be written there cannot be reported either. */
export function warn(text: string): void {
  try {
    writeAll(STDERR, text);
  } catch {
    // The terminal is gone.
  }
}

function stackOf(fault: Fault): string {
  const { cause } = fault;
  const stacks = [fault, cause].map((error) => (error instanceof Error ? error.stack : undefined));
  return stacks
    .flatMap((stack) => stack?.split("\n") ?? [])
    .map(printable)
    .join("\n");
}
