/**
 * Reads what hyperfine measured, prints the medians, and exits 1 when one is beyond its budget.
 */
import { readFileSync } from "node:fs";

/** Milliseconds. A search of 16 bits may take 3 more than one of none. */
const BUDGETS: Readonly<Record<string, number>> = {
  "dist/tlslp --version": 15,
  "dist/tlslp solve x 0": 30,
  "dist/tlslp solve x 16": 33,
};

interface Report {
  readonly results: readonly { readonly command: string; readonly median: number }[];
}

const [path = ""] = process.argv.slice(2);
const report: Report = JSON.parse(readFileSync(path, "utf8"));
let isWithin = true;
for (const { command, median } of report.results) {
  const budget = BUDGETS[command] ?? 0;
  const milliseconds = 1000 * median;
  isWithin &&= milliseconds <= budget;
  process.stdout.write(`${command}: ${milliseconds.toFixed(1)} ms (budget ${budget} ms)\n`);
}
process.exit(isWithin ? 0 : 1);
