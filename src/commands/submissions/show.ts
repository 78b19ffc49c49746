/**
 * `tlslp submissions show <id>`
 */
import { switchFlag } from "../../cli/flag.ts";
import { jsonLine } from "../../cli/output.ts";
import { createCommand } from "../../cli/run.ts";
import { printable } from "../../fault/printable.ts";
import type { Entry } from "../../intake/entry.ts";
import type { SubmissionResult } from "../result-schemas.ts";
import { ID, requireEntry, STORE_FLAG, withStore } from "./store.ts";

export const showCommand = createCommand({
  meta: { name: "submissions show", description: "show everything of one submission" },
  positionals: [ID],
  flags: {
    store: STORE_FLAG,
    json: switchFlag({ name: "json", help: "print one JSON object instead" }),
  },
  examples: [
    {
      command: "tlslp submissions show 01KB8V3Q4Z7SCNTWX5BGMKQH0D",
      shows: "its answers, and the facts of its session",
    },
  ],
  async run({ flags, positionals: [id] }, { print, signal }) {
    await withStore(flags.store, signal, async (store) => {
      const entry = await requireEntry(store, id, signal);
      await print(flags.json ? jsonLine(toSubmissionResult(entry)) : entryText(entry));
    });
  },
});

/** Returns all fields of one entry, each on a line: its name and its value. */
export function entryText(entry: Entry): string {
  const { answers, ...facts } = toSubmissionResult(entry);
  const shown = Object.entries({ ...facts, ...answers }).filter(([, value]) => value !== null);
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown
    .map(([name, value]) => `${name.padEnd(width)}  ${printable(String(value))}\n`)
    .join("");
}

/** Returns the object of an entry for stdout. */
export function toSubmissionResult(entry: Entry): SubmissionResult {
  const { id, at, workSeconds, isAcknowledged, isErased, answers, receipt, ...facts } = entry;
  return {
    id,
    time: at.toISOString(),
    ...facts,
    work_seconds: workSeconds,
    acknowledged: isAcknowledged,
    erased: isErased,
    answers,
    receipt,
  };
}
