/**
 * A stdout that was closed when the program was started (`tlslp … >&-`).
 *
 * Bun 1.4.5 opens /dev/null in its place, as Node does, so that a result is lost without an error.
 * (We know of no issue that asks Bun for another behaviour.) This file can go when Bun reports such
 * a stdout; test/e2e/commands/stdout-closed.txt then fails.
 */
import { readFileSync } from "node:fs";

const CLOSE_ON_EXEC = 0o2000000;

/**
 * Whether stdout was closed. Only Linux can tell: the runtime's /dev/null is marked to be closed by
 * exec, and a stream that was inherited through an exec cannot have that mark.
 */
export function isStdoutClosed(): boolean {
  try {
    const information = readFileSync("/proc/self/fdinfo/1", "latin1"); // proc_pid_fdinfo(5)
    const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(information)?.[1] ?? "0", 8);
    return (flags & CLOSE_ON_EXEC) !== 0;
  } catch {
    return false;
  }
}
