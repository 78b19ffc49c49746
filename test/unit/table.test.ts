import { expect, test } from "bun:test";
import { figuresTable, textsTable } from "../../src/table.ts";

const ROWS = [
  ["name", "until", "serial"],
  ["Zoë Müller", "2027-01-31", "40aa"],
  ["山田太郎", "2027-02-15", "40bb"],
];

test("a table has columns as wide as their widest cells", () => {
  expect(textsTable(ROWS, 80, [0])).toBe(
    [
      "name        until       serial\n",
      "Zoë Müller  2027-01-31  40aa\n",
      "山田太郎    2027-02-15  40bb\n",
    ].join(""),
  );
});

test("a table that is too wide takes from the columns that may give way", () => {
  const table = textsTable(ROWS, 27, [0]);

  expect(table).toContain("Zoë Mü…  2027-01-31  40aa\n");
  for (const line of table.trimEnd().split("\n")) {
    expect(Bun.stringWidth(line)).toBeLessThanOrEqual(27);
  }
});

test("a terminal narrower than all columns gets cut lines", () => {
  for (const line of textsTable(ROWS, 12, [0]).trimEnd().split("\n")) {
    expect(Bun.stringWidth(line)).toBeLessThanOrEqual(12);
  }
});

test("figures are aligned right, whatever the width of their names", () => {
  const rows = [
    ["山田太郎", "7"],
    ["Zoë", "1234"],
  ];
  expect(figuresTable(["name", "n"], rows)).toBe(
    ["name         n\n", "山田太郎     7\n", "Zoë       1234\n"].join(""),
  );
});
