/**
 * Facts about processes from the operating system, and actions without root's permissions.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The user without privileges on most systems, called "nobody". */
const UNPRIVILEGED_USER = 65_534;

/** Runs the action as a user to which permissions apply: root becomes another user meanwhile. */
export function withoutPrivileges<T>(action: () => T): T {
  if (process.geteuid?.() !== 0) {
    return action();
  }
  process.seteuid?.(UNPRIVILEGED_USER);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
  }
}

/** Returns the files below a path that this process has open. */
export function openFilesBelow(path: string): readonly string[] {
  return readdirSync("/proc/self/fd")
    .map(targetOf)
    .filter((target) => target.startsWith(path));
}

/** Returns how many descriptors a process has open. */
export function countDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return ""; // The descriptor that read the folder, closed by now.
  }
}

/**
 * Returns the processor time of a process so far, in seconds. The fields utime and stime follow the
 * name, which may contain any character; a tick is 10 ms.
 */
export function processorTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Whether a process handles a signal, given by its number (proc(5)). */
export function catches(pid: number, signal: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0";
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

/** Returns how many files a process may have open: the soft limit and the hard one. */
export function descriptorLimits(pid: number): readonly string[] {
  const limits = readFileSync(`/proc/${pid}/limits`, "latin1");
  return /^Max open files +(\S+) +(\S+)/m.exec(limits)?.slice(1) ?? [];
}
