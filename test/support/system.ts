/**
 * What the operating system says of this process, and allows it.
 */
import { readdirSync, readlinkSync } from "node:fs";

/** A user without privileges; "nobody" on most systems. */
const STRANGER = 65_534;

/** Runs it as somebody whom permissions bind: root becomes another user for the moment. */
export function withoutPrivileges<T>(action: () => T): T {
  if (process.geteuid?.() !== 0) {
    return action();
  }
  process.seteuid?.(STRANGER);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
  }
}

/** The files below a path that this process has open. The runtime's own come and go unnoticed. */
export function openFilesBelow(path: string): readonly string[] {
  return readdirSync("/proc/self/fd")
    .map(targetOf)
    .filter((target) => target.startsWith(path));
}

/** How many descriptors a process has open. */
export function countDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return ""; // That with which the folder was read, closed by now.
  }
}
