/**
 * Writes into docs/performance.md, between markers `<!-- name -->` and `<!-- /name -->`.
 */
import { readFileSync, writeFileSync } from "node:fs";

const PAGE = "docs/performance.md";

/** Replaces the text between the markers of each name. */
export function fillPage(texts: ReadonlyMap<string, string>): void {
  let page = readFileSync(PAGE, "utf8");
  for (const [name, text] of texts) {
    page = replaceBetween(page, `<!-- ${name} -->\n`, `\n<!-- /${name} -->`, text);
  }
  writeFileSync(PAGE, page);
}

/** Returns a Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Returns the rows of a file of tab-separated values. */
export function readTabs(path: string): readonly (readonly string[])[] {
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split("\t"));
}

function replaceBetween(whole: string, begin: string, end: string, text: string): string {
  const from = whole.indexOf(begin);
  const to = whole.indexOf(end, from);
  if (from < 0 || to < 0) {
    throw new Error(`${PAGE} lacks ${begin.trim()} and ${end.trim()}`);
  }
  return whole.slice(0, from + begin.length) + text + whole.slice(to);
}
