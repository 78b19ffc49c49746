import { describe, expect, test } from "bun:test";
import { checksumMatches } from "../../../src/puzzle/checksum.ts";
import { digestOf, toHex } from "../../../src/puzzle/digest.ts";

describe("a checksum", () => {
  const right = toHex(digestOf("token", "arg"));
  const isRight = (checksum: string) => checksumMatches(checksum, "token", "arg");

  test("matches its own digest", () => {
    expect(isRight(right)).toBe(true);
  });

  test("does not match when any one digit differs", () => {
    for (let at = 0; at < right.length; at += 1) {
      const other = right[at] === "0" ? "1" : "0";
      expect(isRight(right.slice(0, at) + other + right.slice(at + 1))).toBe(false);
    }
  });

  test("of another length, or no checksum at all, does not match and does not throw", () => {
    for (const text of [
      "",
      "0",
      right.slice(2),
      right.slice(0, -2),
      `${right}00`,
      "g".repeat(64),
    ]) {
      expect(isRight(text)).toBe(false);
    }
  });

  test("belongs to one token and arg, also after other checks", () => {
    expect(isRight(right)).toBe(true);
    expect(checksumMatches(right, "token", "other")).toBe(false);
    expect(isRight("")).toBe(false);
    expect(isRight(right)).toBe(true);
  });
});
