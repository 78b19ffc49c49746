/**
 * Writes what was measured (a folder, filled by scripts/figures) into docs/performance.md, between
 * `<!-- name -->` and `<!-- /name -->`, and into files that gnuplot reads.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Measured, PUBLISHED } from "./measured.ts";
import { tables } from "./tables.ts";

const PAGE = "docs/performance.md";

const [folder = "."] = process.argv.slice(2);
const measured: Measured = {
  machine: json("machine.json"),
  kernels: json("kernels.json"),
  limits: json("limits.json"),
  times: json("times.json"),
  threads: json("threads.json"),
  evidence: read("evidence.tsv")
    .trim()
    .split("\n")
    .map((line) => line.split("\t")),
};

let page = readFileSync(PAGE, "utf8");
for (const [name, text] of tables(measured)) {
  page = replaceBetween(page, `<!-- ${name} -->\n`, `\n<!-- /${name} -->`, text);
}
writeFileSync(PAGE, page);

const { kernels, times, threads } = measured;
data(
  "kernels.dat",
  kernels.kernels.map((rate) => [
    `"${rate.kernel} ${rate.form}"`,
    rate.candidates_per_second / 1e6,
  ]),
);
data(
  "times.dat",
  times.rows.map((row) => [row.n_bits, row.average]),
);
data("published.dat", PUBLISHED);
data(
  "threads.dat",
  threads.map((rate, index) => [index + 1, rate / 1e6]),
);
const last = times.rows.at(-1);
if (last === undefined) {
  throw new Error("times.json has no rows");
}
data("rate.dat", [[2 ** last.n_bits / last.expected]]);

function replaceBetween(whole: string, begin: string, end: string, text: string): string {
  const from = whole.indexOf(begin);
  const to = whole.indexOf(end, from);
  if (from < 0 || to < 0) {
    throw new Error(`${PAGE} lacks ${begin.trim()} and ${end.trim()}`);
  }
  return whole.slice(0, from + begin.length) + text + whole.slice(to);
}

function data(name: string, rows: readonly (readonly (string | number)[])[]): void {
  writeFileSync(join(folder, name), `${rows.map((row) => row.join(" ")).join("\n")}\n`);
}

function json<Value>(name: string): Value {
  return JSON.parse(read(name));
}

function read(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}
