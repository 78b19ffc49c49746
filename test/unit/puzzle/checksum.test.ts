import { describe, expect, test } from "bun:test";
import { checksumMatches } from "../../../src/puzzle/checksum.ts";
import { digestOf, toHex } from "../../../src/puzzle/digest.ts";

describe("a checksum", () => {
  const digest = digestOf("token", "arg");
  const right = toHex(digest);

  test("matches the digest that it is of", () => {
    expect(checksumMatches(right, digest)).toBe(true);
  });

  test("does not match when any one digit differs", () => {
    for (let at = 0; at < right.length; at += 1) {
      const other = right[at] === "0" ? "1" : "0";
      expect(checksumMatches(right.slice(0, at) + other + right.slice(at + 1), digest)).toBe(false);
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
      expect(checksumMatches(text, digest)).toBe(false);
    }
  });

  test("of an empty text does not match an empty digest's neighbour", () => {
    expect(checksumMatches("", Uint8Array.of(0))).toBe(false);
  });
});
