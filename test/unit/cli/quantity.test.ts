import { describe, expect, test } from "bun:test";
import { formatChance, formatCount, formatDuration } from "../../../src/cli/quantity.ts";

describe("a count", () => {
  const cases = [
    [0, "0 "],
    [999, "999 "],
    [1000, "1.00 k"],
    [9994, "9.99 k"],
    [9996, "10.0 k"],
    [123_456, "123 k"],
    [999_700, "1.00 M"],
    [45_600_000, "45.6 M"],
    [2 ** 64, "18.4 E"],
  ] as const;
  for (const [count, text] of cases) {
    test(`of ${count} is ${text}`, () => {
      expect(formatCount(count)).toBe(text);
    });
  }
});

describe("a duration", () => {
  const cases = [
    [0.04, "0.0 s"],
    [59.9, "59.9 s"],
    [90, "1.5 min"],
    [5400, "1.5 h"],
    [86_400 * 7, "7.0 days"],
    [365.25 * 86_400 * 2, "2.0 years"],
    [365.25 * 86_400 * 12_345, "1.2e+4 years"],
  ] as const;
  for (const [seconds, text] of cases) {
    test(`of ${seconds} s is ${text}`, () => {
      expect(formatDuration(seconds)).toBe(text);
    });
  }
});

describe("a chance", () => {
  const cases = [
    [0, "0.0 %"],
    [1e-9, "under 0.1 %"],
    [0.0005, "0.1 %"],
    [0.52, "52.0 %"],
    [1, "100.0 %"],
  ] as const;
  for (const [chance, text] of cases) {
    test(`of ${chance} is ${text}`, () => {
      expect(formatChance(chance)).toBe(text);
    });
  }
});
