/**
 * Programs that we start, with the programs that they start.
 */
import type { Subprocess } from "bun";

/** Ends a program that was started `detached`, and its whole group. */
export function endGroup(child: Subprocess, signal: NodeJS.Signals): void {
  if (process.platform === "win32") {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group has ended.
  }
}
