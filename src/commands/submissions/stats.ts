/**
 * `tlslp submissions stats`
 */

import { switchFlag } from "../../cli/flag.ts";
import { jsonLine, printNote } from "../../cli/output.ts";
import { createCommand } from "../../cli/run.ts";
import { terminalColumns } from "../../cli/terminal.ts";
import { printable } from "../../fault/printable.ts";
import { OUTCOMES } from "../../intake/entry.ts";
import { countEntries, type Statistics } from "../../intake/statistics.ts";
import { figuresTable } from "../../table.ts";
import type { StatisticsResult } from "../result-schemas.ts";
import {
  FILTER_FLAGS,
  outcomeFlag,
  readFilter,
  STORE_FLAG,
  untilAborted,
  withStore,
} from "./store.ts";

export const statsCommand = createCommand({
  meta: {
    name: "submissions stats",
    description: "count sessions by outcome, by the step where they ended, and by day",
  },
  positionals: [],
  flags: {
    ...FILTER_FLAGS,
    outcome: outcomeFlag("any"),
    store: STORE_FLAG,
    json: switchFlag({ name: "json", help: "print one JSON object instead" }),
  },
  examples: [{ command: "tlslp submissions stats", shows: "all sessions in numbers" }],
  async run({ flags }, { print, signal }) {
    await withStore(flags.store, signal, async (store) => {
      const entries = store.entries(readFilter(flags, flags.outcome), "oldest first");
      const statistics: StatisticsResult = await countEntries(untilAborted(entries, signal));
      if (flags.json) {
        await print(jsonLine(statistics));
      } else if (statistics.total === 0 && (await terminalColumns()) !== undefined) {
        printNote(`there is no such session in ${store.name}\n`);
      } else {
        await print(statisticsText(statistics));
      }
    });
  },
});

/** Tables of the outcomes, the steps and the days, and the times of the puzzle. */
export function statisticsText({ total, outcomes, steps, days, work_seconds }: Statistics): string {
  const byOutcome = [...OUTCOMES.map((outcome) => [outcome, outcomes[outcome]]), ["total", total]];
  const byDay = Object.entries(days).map(([day, counts]) => [
    day,
    ...OUTCOMES.map((outcome) => counts[outcome]),
  ]);
  const { median, p95 } = work_seconds;
  const tables = [
    figuresTable(["outcome", "sessions"], toTexts(byOutcome)),
    figuresTable(["ended at", "sessions"], toTexts(Object.entries(steps))),
    figuresTable(["day (UTC)", ...OUTCOMES], toTexts(byDay)),
    figuresTable(
      ["work", "median", "95 %"],
      [["seconds", ...[median, p95].map((seconds) => seconds?.toPrecision(4) ?? "-")]],
    ),
  ];
  return tables.join("\n");
}

function toTexts(rows: readonly (readonly (string | number)[])[]): readonly (readonly string[])[] {
  return rows.map((cells) => cells.map((cell) => printable(String(cell))));
}
