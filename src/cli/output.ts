/**
 * The two streams. Results go to stdout and nothing else does; all else goes to stderr. Errors are
 * lower-case fragments without a period, one line each.
 */
import { readFileSync } from "node:fs";
import { errorCode, Fault } from "../fault.ts";
import { writeAll } from "../files/write.ts";
import { printable } from "../printable.ts";
import { openWriter, putInTime } from "../system/writer.ts";

const STDOUT = 1;
const STDERR = 2;

/** How long the reader of stderr is waited for at the end, in milliseconds. */
const LAST_CHANCE = 1000;

/** Thrown when the reader of stdout has gone away: the program ends, and that is nobody's fault. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

/**
 * Writes a result, all of it, before it returns. Throws an internal fault when it cannot be
 * written: a result that is lost must never look like success.
 */
export function print(text: string): void {
  if (isClosed(STDOUT)) {
    throw new Fault("internal", "cannot write to stdout: it is closed");
  }
  try {
    writeAll(STDOUT, text);
  } catch (cause) {
    if (errorCode(cause) === "EPIPE") {
      throw new ReaderGone("nobody reads stdout", { cause });
    }
    throw new Fault("internal", `cannot write to stdout: ${errorCode(cause)}`, { cause });
  }
}

/** O_CLOEXEC on Linux, fcntl(2). */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Whether a standard stream was closed when we were started. The runtime then puts /dev/null in its
 * place, which takes everything; only that it did so itself can be seen, on Linux: what is inherited
 * through an exec never is closed by one.
 */
function isClosed(stream: number): boolean {
  try {
    const information = readFileSync(`/proc/self/fdinfo/${stream}`, "latin1");
    const flags = /^flags:\s*([0-7]+)$/m.exec(information)?.[1] ?? "0";
    return (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) !== 0;
  } catch {
    return false; // Another system, or no /proc.
  }
}

/** Says what ended us, to a reader who may have been gone, or asleep, for long. */
export function complain(fault: Fault, { withStack }: { readonly withStack: boolean }): void {
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
