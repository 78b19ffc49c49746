/**
 * How many connections this process can hold. At the limit of its file descriptors the accept loop
 * would spin, so the connections must be capped below it. The runtime raises the soft limit to the
 * hard one when it starts.
 */
import { readdirSync, readFileSync } from "node:fs";

/** Descriptors for what is still to be opened, but for connections: listeners, files, monitors. */
const RESERVE = 56;

/** So many of the wanted connections can be had, beside what is open already; at least 1. */
export function affordableConnections(wanted: number): number {
  const limit = descriptorLimit();
  return Number.isFinite(limit)
    ? Math.max(1, Math.min(wanted, limit - openDescriptors() - RESERVE))
    : wanted;
}

/** How many are open, those that the process was started with included; for Linux. */
export function openDescriptors(): number {
  // The folder itself is one more while it is read.
  return readdirSync("/proc/self/fd").length - 1;
}

/** The soft limit on open files; infinite where the system does not tell. */
export function descriptorLimit(): number {
  try {
    return parseDescriptorLimit(readFileSync("/proc/self/limits", "utf8"));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Reads the soft limit out of /proc/self/limits (proc(5)). */
export function parseDescriptorLimit(limits: string): number {
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}
