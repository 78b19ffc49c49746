/**
 * How many connections this process can hold. At the limit of its file descriptors the accept loop
 * would spin, so the connections must be capped below it. The runtime raises the soft limit to the
 * hard one when it starts.
 */
import { readdirSync, readFileSync } from "node:fs";

/**
 * Descriptors that open later in each server: a listener, files, 32 connections of the metrics, and
 * 10 to PostgreSQL.
 */
const RESERVE = 56;

/**
 * Returns how many of the wanted connections the limit on open files allows; at least 1.
 *
 * @param others how many descriptors beyond `RESERVE` open later
 */
export function affordableConnections(wanted: number, others = 0): number {
  const limit = descriptorLimit();
  return Number.isFinite(limit)
    ? Math.max(1, Math.min(wanted, limit - openDescriptors() - RESERVE - others))
    : wanted;
}

/** Returns how many descriptors are open, including those from the start of the process (Linux). */
export function openDescriptors(): number {
  // Reading the folder takes one more.
  return readdirSync("/proc/self/fd").length - 1;
}

/** Returns the soft limit on open files; infinite where /proc does not have it. */
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
