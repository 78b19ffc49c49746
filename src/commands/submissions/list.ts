/**
 * `tlslp submissions list`
 */
import { switchFlag, wholeFlag } from "../../cli/flag.ts";
import { jsonLine, printNote } from "../../cli/output.ts";
import { createCommand } from "../../cli/run.ts";
import { terminalColumns } from "../../cli/terminal.ts";
import type { Entry } from "../../intake/entry.ts";
import { LIST_HEADER, listLine, listTable } from "../../intake/table.ts";
import { toSubmissionResult } from "./show.ts";
import {
  FILTER_FLAGS,
  outcomeFlag,
  printAll,
  readFilter,
  STORE_FLAG,
  untilAborted,
  withStore,
} from "./store.ts";

/** The entries of a table on a terminal. */
const TERMINAL_LIMIT = 50;
const MAX_LIMIT = 1_000_000_000;

/** Lines that are written at once. */
const BATCH = 200;

export const listCommand = createCommand({
  meta: { name: "submissions list", description: "list submissions, the newest first" },
  positionals: [],
  flags: {
    ...FILTER_FLAGS,
    outcome: outcomeFlag("complete"),
    store: STORE_FLAG,
    limit: wholeFlag({
      name: "limit",
      placeholder: "N",
      fallback: undefined,
      shownDefault: `${TERMINAL_LIMIT} on a terminal, else all`,
      least: 1,
      most: MAX_LIMIT,
      help: "how many at most",
    }),
    json: switchFlag({ name: "json", help: "print one JSON object for each, a line each" }),
  },
  examples: [
    { command: "tlslp submissions list", shows: "the newest 50, as a table" },
    {
      command: "tlslp submissions list --outcome any --since 2027-01-31T00:00:00Z",
      shows: "every session since then, the incomplete ones too",
    },
  ],
  async run({ flags }, context) {
    const { store: url, outcome, json } = flags;
    const columns = json ? undefined : await terminalColumns();
    const limit = flags.limit ?? (columns === undefined ? undefined : TERMINAL_LIMIT);
    await withStore(url, context.signal, async (store) => {
      const found = store.entries(readFilter(flags, outcome), "newest first", limit);
      const entries = untilAborted(found, context.signal);
      if (columns === undefined) {
        const format = json ? (entry: Entry) => jsonLine(toSubmissionResult(entry)) : listLine;
        await printAll(inBatches(json ? "" : LIST_HEADER, entries, format), context);
        return;
      }
      const shown = await Array.fromAsync(entries);
      if (shown.length === 0) {
        printNote(`there is no such submission in ${store.name}\n`);
      } else {
        await context.print(listTable(shown, columns));
      }
    });
  },
});

/** Yields the header, and the lines of a number of entries together. */
async function* inBatches(
  header: string,
  entries: AsyncIterable<Entry>,
  format: (entry: Entry) => string,
): AsyncGenerator<string> {
  let lines: string[] = [header];
  for await (const entry of entries) {
    lines.push(format(entry));
    if (lines.length >= BATCH) {
      yield lines.join("");
      lines = [];
    }
  }
  yield lines.join("");
}
