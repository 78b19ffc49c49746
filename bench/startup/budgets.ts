/**
 * Reads the results of hyperfine, prints the medians, and exits 1 when one exceeds its budget.
 */
import { readFileSync } from "node:fs";

interface Report {
  readonly results: readonly { readonly command: string; readonly median: number }[];
}

const [path = ""] = process.argv.slice(2);
const report: Report = JSON.parse(readFileSync(path, "utf8"));
/** Milliseconds by command. */
const medians = new Map(report.results.map(({ command, median }) => [command, 1000 * median]));
const withoutSearch = medians.get("dist/tlslp solve x 0") ?? Number.NaN;
const budgets: readonly (readonly [command: string, milliseconds: number])[] = [
  ["dist/tlslp --version", 15],
  ["dist/tlslp solve x 0", 30],
  ["dist/tlslp solve x 16", withoutSearch + 3],
];
let isWithinBudget = true;
for (const [command, budget] of budgets) {
  const milliseconds = medians.get(command) ?? Number.NaN;
  isWithinBudget &&= milliseconds <= budget;
  const figures = `${milliseconds.toFixed(1)} ms (budget ${budget.toFixed(1)} ms)`;
  process.stdout.write(`${command}: ${figures}\n`);
}
process.exit(isWithinBudget ? 0 : 1);
