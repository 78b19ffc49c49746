/**
 * How many connections this process can hold. At the limit of its file descriptors the accept loop
 * would spin, so the connections must be capped below it. The runtime raises the soft limit to the
 * hard one when it starts.
 */
import { readFileSync } from "node:fs";

/** Descriptors for everything but connections: listeners, logs, the runtime's own. */
const RESERVE = 64;

/** So many of the wanted connections can be had; at least 1. */
export function affordableConnections(wanted: number): number {
  return Math.max(1, Math.min(wanted, descriptorLimit() - RESERVE));
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
