/**
 * Tables for people.
 */
const GAP = "  ";
const ELLIPSIS = "…";
/** The least width of a column. */
const MIN_WIDTH = 5;

/** Returns a table of figures: the first column is aligned left, the others right. */
export function figuresTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const all = [heads, ...rows];
  const widths = widthsOf(all);
  const lines = all.map((row) => {
    const cells = row.map((cell, index) => {
      const padding = " ".repeat((widths[index] ?? 0) - widthOf(cell));
      return index === 0 ? cell + padding : padding + cell;
    });
    return `${cells.join(GAP)}\n`;
  });
  return lines.join("");
}

/**
 * Returns a table of texts, aligned left, no wider than the terminal.
 *
 * @param columns of the terminal
 * @param flexible the columns that give way where the table is too wide
 */
export function textsTable(
  rows: readonly (readonly string[])[],
  columns: number,
  flexible: readonly number[],
): string {
  const widths = widthsOf(rows);
  const excess = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - columns;
  shrink(widths, flexible, excess);
  const lines = rows.map((row) => {
    const cells = row.map((cell, index) => fit(cell, widths[index] ?? 0));
    const line = fit(cells.join(GAP).trimEnd(), columns).trimEnd();
    // Where a cell is cut already, one mark of that is enough.
    return `${line.replace(/…\s*…$/, ELLIPSIS)}\n`;
  });
  return lines.join("");
}

/** Returns the width of the widest cell of each column. */
function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const count = Math.max(...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, index) =>
    Math.max(...rows.map((row) => widthOf(row[index] ?? ""))),
  );
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
