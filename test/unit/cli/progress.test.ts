import { describe, expect, test } from "bun:test";
import { describeProgress, formatCount, formatDuration } from "../../../src/cli/progress.ts";

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

describe("progress", () => {
  test("says what was tried, how fast, how likely and how long", () => {
    expect(describeProgress(20, { attempts: 2 ** 20, seconds: 0.5 })).toBe(
      "1.05 M tried, 2.10 MH/s, 63.2 % likely by now, about 0.5 s to go",
    );
  });

  test("expects as long from here on, however much was tried", () => {
    const rest = (attempts: number) =>
      describeProgress(20, { attempts, seconds: attempts / 1e6 })
        .split(", ")
        .at(-1);
    expect(rest(10)).toBe(rest(10_000_000));
  });

  test("has no rate before there is any", () => {
    expect(describeProgress(64, { attempts: 0, seconds: 0 })).toBe(
      "0 tried, 0 H/s, 0.0 % likely by now, starting",
    );
  });
});
