import { expect, test } from "bun:test";
import { findEnding, findWrongEnding, MAX_PLAIN_BITS } from "../../../src/conform/ending.ts";
import { Untried } from "../../../src/conform/rule.ts";
import { isSolution } from "../../../src/puzzle/digest.ts";

test("a suffix with a beginning solves the puzzle", () => {
  const suffix = findEnding("token", 10, "é+😀.");
  expect(suffix).toStartWith("é+😀.");
  expect(isSolution("token", suffix, 10)).toBe(true);
});

test("a suffix of a length solves the puzzle", () => {
  const suffix = findEnding("token", 6, "a", 999);
  expect(suffix).toHaveLength(999);
  expect(isSolution("token", suffix, 6)).toBe(true);
});

test("a wrong suffix does not solve the puzzle", () => {
  expect(isSolution("token", findWrongEnding("token", 1), 1)).toBe(false);
});

test("every suffix solves a puzzle of 0 bits, so none is wrong", () => {
  expect(() => findWrongEnding("token", 0)).toThrow(Untried);
});

test("a puzzle of many bits is not tried", () => {
  expect(() => findEnding("token", MAX_PLAIN_BITS + 1, "a")).toThrow(Untried);
});
