/**
 * Sessions in numbers: by outcome, by the step at which they ended, and by day.
 */
import { type Entry, OUTCOMES, type Outcome } from "./entry.ts";

export interface Statistics {
  readonly total: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Of sessions that are not complete: how many ended at which step. */
  readonly steps: Readonly<Record<string, number>>;
  /** By day (UTC), the first day first. */
  readonly days: Readonly<Record<string, Readonly<Record<Outcome, number>>>>;
  /** How long the puzzle took, in seconds; null where no client solved it. */
  readonly work_seconds: { readonly median: number | null; readonly p95: number | null };
}

/** Counts entries; their order makes no difference. */
export async function countEntries(entries: AsyncIterable<Entry>): Promise<Statistics> {
  const outcomes = zeros();
  const steps = new Map<string, number>();
  const days = new Map<string, Record<Outcome, number>>();
  const workTimes: number[] = [];
  let total = 0;
  for await (const { at, outcome, step, workSeconds } of entries) {
    total += 1;
    outcomes[outcome] += 1;
    if (outcome !== "complete") {
      steps.set(step, (steps.get(step) ?? 0) + 1);
    }
    const day = at.toISOString().slice(0, "YYYY-MM-DD".length);
    const counts = days.get(day) ?? zeros();
    counts[outcome] += 1;
    days.set(day, counts);
    if (workSeconds !== null) {
      workTimes.push(workSeconds);
    }
  }
  workTimes.sort((some, other) => some - other);
  return {
    total,
    outcomes,
    steps: Object.fromEntries([...steps].sort()),
    days: Object.fromEntries([...days].sort()),
    work_seconds: { median: quantile(workTimes, 0.5), p95: quantile(workTimes, 0.95) },
  };
}

/** Returns the least of these sorted values that this share of them does not exceed. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

function zeros(): Record<Outcome, number> {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
}
