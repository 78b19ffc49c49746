/**
 * `tlslp submissions stats`
 */
import { switchFlag } from "../../cli/flag.ts";
import { jsonLine, printNote } from "../../cli/output.ts";
import { createCommand } from "../../cli/run.ts";
import { terminalColumns } from "../../cli/terminal.ts";
import { countEntries } from "../../intake/statistics.ts";
import type { StatisticsResult } from "../result-schemas.ts";
import { statisticsText } from "./statistics-text.ts";
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
      } else if (statistics.total === 0 && terminalColumns() !== undefined) {
        printNote(`there is no such session in ${store.name}\n`);
      } else {
        await print(statisticsText(statistics));
      }
    });
  },
});
