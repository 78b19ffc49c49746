/**
 * Entries as a table for people. Texts that clients sent are escaped where they would change how
 * the terminal shows them: controls, line separators, and marks of the writing direction.
 */
import { printable } from "../fault/printable.ts";
import type { Entry } from "./entry.ts";

const HEADER = ["id", "time", "participant", "FULL_NAME", "outcome"];
const GAP = "  ";
const ELLIPSIS = "…";
/** The least width of a column. */
const MIN_WIDTH = 5;

/** The header of a list, its words separated by tabs. */
export const LIST_HEADER = `${HEADER.join("\t")}\n`;

/** Returns one entry of a list, its cells separated by tabs. */
export function listLine(entry: Entry): string {
  return `${cellsOf(entry).join("\t")}\n`;
}

/** Returns a list as a table with a header, no wider than the terminal's `columns`. */
export function listTable(entries: readonly Entry[], columns: number): string {
  const rows = [HEADER, ...entries.map(cellsOf)];
  const widths = HEADER.map((_, index) =>
    Math.max(...rows.map((row) => widthOf(row[index] ?? ""))),
  );
  // The id is needed whole, to be pasted; the texts of people give way.
  const excess = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - columns;
  shrink(widths, [2, 3], excess);
  const lines = rows.map((row) => {
    const cells = row.map((cell, index) => fit(cell, widths[index] ?? 0));
    const line = fit(cells.join(GAP).trimEnd(), columns).trimEnd();
    // Where a cell is cut already, one mark of that is enough.
    return `${line.replace(/…\s*…$/, ELLIPSIS)}\n`;
  });
  return lines.join("");
}

function cellsOf({ id, at, participant, answers, outcome }: Entry): readonly string[] {
  const texts = [participant, answers?.FULL_NAME].map((text) => printable(text ?? ""));
  return [id, at.toISOString(), ...texts, outcome];
}

/** Takes `excess` off these widths, the widest first, as far as that goes. */
function shrink(widths: number[], which: readonly number[], excess: number): void {
  for (let rest = excess; rest > 0; rest -= 1) {
    const widest = which.reduce((some, other) =>
      (widths[other] ?? 0) > (widths[some] ?? 0) ? other : some,
    );
    if ((widths[widest] ?? 0) <= MIN_WIDTH) {
      return;
    }
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

/** Returns the text padded or cut to exactly this width. */
function fit(text: string, width: number): string {
  const padding = width - widthOf(text);
  if (padding >= 0) {
    return text + " ".repeat(padding);
  }
  let cut = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (widthOf(cut + segment) > width - 1) {
      break;
    }
    cut += segment;
  }
  return `${cut}${ELLIPSIS}${" ".repeat(width - 1 - widthOf(cut))}`;
}

function widthOf(text: string): number {
  return Bun.stringWidth(text);
}
