/**
 * Writes the measurements in a folder (bench/figures/run makes them) into docs/performance.md, and
 * into files for gnuplot.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Measured, PUBLISHED } from "./measured.ts";
import { fillPage, readTabs } from "./page.ts";
import { tables } from "./tables.ts";

const [folder = "."] = process.argv.slice(2);
const measured: Measured = {
  machine: json("machine.json"),
  kernels: json("kernels.json"),
  limits: json("limits.json"),
  times: json("times.json"),
  threads: json("threads.json"),
  evidence: readTabs(join(folder, "evidence.tsv")),
};

fillPage(tables(measured));

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

function data(name: string, rows: readonly (readonly (string | number)[])[]): void {
  writeFileSync(join(folder, name), `${rows.map((row) => row.join(" ")).join("\n")}\n`);
}

function json<Value>(name: string): Value {
  return JSON.parse(readFileSync(join(folder, name), "utf8"));
}
