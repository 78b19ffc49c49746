import { describe, expect, test } from "bun:test";
import { readPem } from "../../../src/certificates/pem.ts";

/** The size of the largest file that is read. */
const MEGABYTE = 1024 * 1024;
/** Far more than a pass over so much text takes, far less than one for each of its lines. */
const MAX_MILLISECONDS = 3000;

describe("a megabyte of one text is read in one pass:", () => {
  for (const unit of [
    "x-----BEGIN A-----",
    "-----BEGIN A-----",
    "-----BEGIN A-----x-----END A-----",
    "-----END A-----",
    "-----BEGIN A-----a: b\n",
    "\n",
    "\r\n",
    " ",
    "# \n",
    "MI",
    "MI\n",
  ]) {
    test(JSON.stringify(unit), () => {
      const text = Buffer.from(unit.repeat(MEGABYTE / unit.length));
      const begun = performance.now();
      readPem(text, { purpose: "invitation" });
      expect(performance.now() - begun).toBeLessThan(MAX_MILLISECONDS);
    });
  }
});

describe("a BEGIN marker begins a block", () => {
  const BASE64 = "MIIB".repeat(16);
  const linesOf = (text: string) =>
    readPem(Buffer.from(text, "latin1"), { purpose: "cert" }).blocks.map(({ line }) => line);

  for (const [where, text, lines] of [
    ["at the start of a line", "x\n  -----BEGIN A-----\n", [2]],
    ["after the mark of UTF-8", "\u00ef\u00bb\u00bf-----BEGIN A-----\n", [1]],
    [
      "directly after another block",
      "-----BEGIN A-----\n-----END A----- -----BEGIN B-----",
      [1, 2],
    ],
    ["before a line of Base64", `x -----BEGIN A-----\n${BASE64}\n-----END A-----`, [1]],
    ["and not within a comment", "# -----BEGIN A----- -----BEGIN B-----\nx", []],
    ["and not after a marker of a comment", "x-----BEGIN A----------BEGIN B-----", []],
  ] as const) {
    test(where, () => {
      expect(linesOf(text)).toEqual([...lines]);
    });
  }
});
