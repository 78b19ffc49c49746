/**
 * The results of a benchmark, as a table and as a drawing.
 */

import { formatCount, formatDuration } from "../cli/quantity.ts";
import type { Survey } from "../search/job.ts";
import { figuresTable } from "../table.ts";

/** The times of the puzzles of one difficulty, in seconds. */
export interface BenchRow {
  readonly bits: number;
  readonly runs: number;
  readonly total: number;
  readonly average: number;
  /** 2^bits over the measured rate. */
  readonly expected: number;
}

export function renderRows(rows: readonly BenchRow[]): string {
  const cells = rows.map(({ bits, runs, total, average, expected }) => [
    String(bits),
    String(runs),
    ...[total, average, expected].map((seconds) => seconds.toPrecision(4)),
  ]);
  return figuresTable(["n_bits", "runs", "total [s]", "average [s]", "expected [s]"], cells);
}

export function renderSurvey({ threads, kernels, auto }: Survey): string {
  const cells = kernels.map(({ name, single, all }) => [
    name === auto ? `${name} *` : name,
    `${formatCount(single)}H/s`,
    `${formatCount(all)}H/s`,
  ]);
  const heads = ["kernel", "1 thread", threads === 1 ? "1 thread" : `${threads} threads`];
  return `${figuresTable(heads, cells)}* the choice of auto\n`;
}

/** Draws average times as bars on a logarithmic scale. */
export function renderPlot(rows: readonly BenchRow[], width: number): string {
  const times = rows.map(({ average }) => Math.log10(Math.max(average, Number.MIN_VALUE)));
  const least = Math.floor(Math.min(...times));
  const span = Math.max(1, Math.ceil(Math.max(...times)) - least);
  const room = Math.max(10, width - 26);
  const bars = rows.map(({ bits, average }, index) => {
    const length = Math.round((((times[index] ?? least) - least) / span) * room);
    return `${String(bits).padStart(6)} │${"█".repeat(length)} ${formatSmall(average)}\n`;
  });
  return `n_bits, average time from 1e${least} to 1e${least + span} s, logarithmic\n${bars.join("")}`;
}

function formatSmall(seconds: number): string {
  return seconds < 0.1 ? `${(seconds * 1000).toPrecision(3)} ms` : formatDuration(seconds);
}
