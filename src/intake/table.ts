/**
 * Entries as a table for people. Texts that clients sent are escaped where they would change how
 * the terminal shows them: controls, line separators, and marks of the writing direction.
 */
import { printable } from "../fault/printable.ts";
import { textsTable } from "../table.ts";
import type { Entry } from "./entry.ts";

const HEADER = ["id", "time", "participant", "FULL_NAME", "outcome"];

/** The header of a list, its words separated by tabs. */
export const LIST_HEADER = `${HEADER.join("\t")}\n`;

/** Returns one entry of a list, its cells separated by tabs. */
export function listLine(entry: Entry): string {
  return `${cellsOf(entry).join("\t")}\n`;
}

/** Returns a list as a table with a header, no wider than the terminal's `columns`. */
export function listTable(entries: readonly Entry[], columns: number): string {
  // The id is needed whole, to be pasted; the texts of people give way.
  return textsTable([HEADER, ...entries.map(cellsOf)], columns, [2, 3]);
}

function cellsOf({ id, at, participant, answers, outcome }: Entry): readonly string[] {
  const texts = [participant, answers?.FULL_NAME].map((text) => printable(text ?? ""));
  return [id, at.toISOString(), ...texts, outcome];
}
