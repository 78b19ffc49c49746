import { expect, test } from "bun:test";
import { statisticsText } from "../../../src/commands/submissions/stats.ts";

const NONE = { complete: 0, incomplete: 0, invalid: 0, refused: 0, timeout: 0 };

test("the numbers of an intake are tables", () => {
  const text = statisticsText({
    total: 14,
    outcomes: { ...NONE, complete: 12, timeout: 2 },
    steps: { "EMAIL1\u001b": 2 },
    days: { "2027-01-31": { ...NONE, complete: 12 }, "2027-02-01": { ...NONE, timeout: 2 } },
    work_seconds: { median: 0.25, p95: 12.345678 },
  });
  expect(text).toBe(`\
outcome     sessions
complete          12
incomplete         0
invalid            0
refused            0
timeout            2
total             14

ended at      sessions
EMAIL1\\u{1b}         2

day (UTC)   complete  incomplete  invalid  refused  timeout
2027-01-31        12           0        0        0        0
2027-02-01         0           0        0        0        2

work     median   95 %
seconds  0.2500  12.35
`);
});

test("an intake without sessions has zeros", () => {
  const text = statisticsText({
    total: 0,
    outcomes: NONE,
    steps: {},
    days: {},
    work_seconds: { median: null, p95: null },
  });
  expect(text).toMatch(/^total +0$/m);
  expect(text).toMatch(/^seconds +- +-$/m);
});
