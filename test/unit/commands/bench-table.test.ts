import { expect, test } from "bun:test";
import {
  type BenchRow,
  renderPlot,
  renderRows,
  renderSurvey,
} from "../../../src/commands/bench-table.ts";

const row = (bits: number, average: number): BenchRow => ({
  bits,
  runs: 10,
  total: 10 * average,
  average,
  expected: 1.5 * average,
});

test("rows become a table with aligned columns", () => {
  expect(renderRows([row(8, 0.0001), row(16, 0.01234)])).toBe(
    `n_bits  runs  total [s]  average [s]  expected [s]
8         10   0.001000    0.0001000     0.0001500
16        10     0.1234      0.01234       0.01851
`,
  );
});

test("a survey marks the kernel that auto takes", () => {
  const kernels = [
    { name: "portable", single: 26_000_000, all: 52_000_000 },
    { name: "wide", single: 140_000_000, all: 280_000_000 },
  ];
  expect(renderSurvey({ threads: 2, auto: "wide", kernels })).toBe(
    `kernel     1 thread  2 threads
portable  26.0 MH/s  52.0 MH/s
wide *     140 MH/s   280 MH/s
* the choice of auto
`,
  );
});

test("a plot's bars grow with the logarithm of the time", () => {
  const [, ...bars] = renderPlot([row(8, 0.001), row(12, 0.01), row(16, 0.1)], 46)
    .trimEnd()
    .split("\n");
  const lengths = bars.map((bar) => bar.match(/█/g)?.length ?? 0);
  expect(lengths).toEqual([0, 10, 20]);
  expect(
    bars.map((bar) =>
      bar
        .split(/[█│] ?/)
        .at(-1)
        ?.trim(),
    ),
  ).toEqual(["1.00 ms", "10.0 ms", "0.1 s"]);
});

test("a plot allows one row, times of zero and a narrow terminal", () => {
  expect(renderPlot([row(0, 0)], 1).split("\n").length).toBe(3);
});
