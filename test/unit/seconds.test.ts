import { expect, test } from "bun:test";
import {
  roundToMicroseconds,
  roundToMilliseconds,
  roundToNanoseconds,
  secondsSince,
} from "../../src/seconds.ts";

test("seconds are rounded to milliseconds, microseconds and nanoseconds", () => {
  expect(roundToMilliseconds(1.23456789012)).toBe(1.235);
  expect(roundToMicroseconds(1.23456789012)).toBe(1.234568);
  expect(roundToNanoseconds(0.00000000123)).toBe(0.000000001);
});

test("the time since a start is in seconds", () => {
  expect(secondsSince(performance.now() - 1500)).toBeGreaterThanOrEqual(1.5);
});
