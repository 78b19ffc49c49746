/**
 * `tlslp submissions export`
 */
import { choiceFlag, type FlagValues, fileFlag, switchFlag } from "../../cli/flag.ts";
import { printNote } from "../../cli/output.ts";
import { createCommand } from "../../cli/run.ts";
import { terminalColumns } from "../../cli/terminal.ts";
import { orAborted } from "../../deadline.ts";
import { Fault } from "../../fault/fault.ts";
import type { Entry } from "../../intake/entry.ts";
import { EXPORT_FORMATS, exportEntries } from "../../intake/export.ts";
import { writeWhole } from "../../io/write-whole.ts";
import {
  FILTER_FLAGS,
  printAll,
  readFilter,
  STORE_FLAG,
  untilAborted,
  withStore,
} from "./store.ts";

const FLAGS = {
  format: choiceFlag({
    name: "format",
    choices: EXPORT_FORMATS,
    fallback: "csv",
    help: "csv (RFC 4180), jsonl (one object a line) or json (one array)",
  }),
  output: fileFlag({
    name: "output",
    placeholder: "FILE",
    fallback: undefined,
    shownDefault: "stdout",
    help: "write this file, for its owner alone; it appears as a whole or not at all",
  }),
  bom: switchFlag({ name: "bom", help: "begin CSV with a byte-order mark, for Excel" }),
  raw: switchFlag({
    name: "raw",
    help: "leave values as they are that a spreadsheet takes for formulas; without it they get a '",
  }),
  store: STORE_FLAG,
  ...FILTER_FLAGS,
} as const;

export const exportCommand = createCommand({
  meta: {
    name: "submissions export",
    description: "print all complete submissions, the oldest first",
  },
  positionals: [],
  flags: FLAGS,
  examples: [
    {
      command: "tlslp submissions export --bom --output answers.csv",
      shows: "a file for Excel",
    },
    { command: "tlslp submissions export --format jsonl", shows: "a line of JSON for each" },
  ],
  async run({ flags }, context) {
    requireCsv(flags);
    await withStore(flags.store, context.signal, async (store) => {
      const filter = readFilter(flags, "complete");
      const requests = await orAborted(store.requests(filter), context.signal);
      const read = () => untilAborted(store.entries(filter, "oldest first"), context.signal);
      const options = { ...flags, requests };
      if (flags.output !== undefined) {
        await writeWhole(flags.output, exportEntries(read(), options));
      } else if ((await terminalColumns()) !== undefined && (await isEmpty(read()))) {
        printNote(`there is no such submission in ${store.name}\n`);
      } else {
        await printAll(exportEntries(read(), options), context);
      }
    });
  },
});

/** Whether none of these entries is exported: erased ones are not. */
async function isEmpty(entries: AsyncIterable<Entry>): Promise<boolean> {
  for await (const { isErased } of entries) {
    if (!isErased) {
      return false;
    }
  }
  return true;
}

function requireCsv(flags: FlagValues<typeof FLAGS>): void {
  for (const setting of ["bom", "raw"] as const) {
    if (flags[setting] && flags.format !== "csv") {
      throw new Fault("needsValue", { setting, needed: "format", value: "csv" });
    }
  }
}
