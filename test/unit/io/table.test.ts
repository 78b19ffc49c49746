import { expect, test } from "bun:test";
import { fitTable } from "../../../src/io/table.ts";

const ROWS = [
  ["name", "until", "serial"],
  ["Zoë Müller", "2027-01-31", "40aa"],
  ["山田太郎", "2027-02-15", "40bb"],
];

test("a table has columns as wide as their widest cells", () => {
  expect(fitTable(ROWS, 80, [0])).toBe(
    [
      "name        until       serial\n",
      "Zoë Müller  2027-01-31  40aa\n",
      "山田太郎    2027-02-15  40bb\n",
    ].join(""),
  );
});

test("a table that is too wide takes from the columns that may give way", () => {
  const table = fitTable(ROWS, 27, [0]);

  expect(table).toContain("Zoë Mü…  2027-01-31  40aa\n");
  for (const line of table.trimEnd().split("\n")) {
    expect(Bun.stringWidth(line)).toBeLessThanOrEqual(27);
  }
});

test("a terminal narrower than all columns gets cut lines", () => {
  for (const line of fitTable(ROWS, 12, [0]).trimEnd().split("\n")) {
    expect(Bun.stringWidth(line)).toBeLessThanOrEqual(12);
  }
});
