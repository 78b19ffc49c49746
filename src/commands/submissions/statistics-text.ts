/**
 * The numbers of an intake, for people.
 */
import { renderTable } from "../../cli/columns.ts";
import { printable } from "../../fault/printable.ts";
import { OUTCOMES } from "../../intake/entry.ts";
import type { Statistics } from "../../intake/statistics.ts";

/** Tables of the outcomes, the steps and the days, and the times of the puzzle. */
export function statisticsText({ total, outcomes, steps, days, work_seconds }: Statistics): string {
  const byOutcome = [...OUTCOMES.map((outcome) => [outcome, outcomes[outcome]]), ["total", total]];
  const byDay = Object.entries(days).map(([day, counts]) => [
    day,
    ...OUTCOMES.map((outcome) => counts[outcome]),
  ]);
  const { median, p95 } = work_seconds;
  const tables = [
    renderTable(["outcome", "sessions"], toTexts(byOutcome)),
    renderTable(["ended at", "sessions"], toTexts(Object.entries(steps))),
    renderTable(["day (UTC)", ...OUTCOMES], toTexts(byDay)),
    renderTable(
      ["work", "median", "95 %"],
      [["seconds", ...[median, p95].map((seconds) => seconds?.toPrecision(4) ?? "-")]],
    ),
  ];
  return tables.join("\n");
}

function toTexts(rows: readonly (readonly (string | number)[])[]): readonly (readonly string[])[] {
  return rows.map((cells) => cells.map((cell) => printable(String(cell))));
}
