import { expect, test } from "bun:test";
import { Untried } from "../../../src/conform/rule.ts";
import { findSuffix, findWrongSuffix, MAX_PLAIN_BITS } from "../../../src/conform/suffix.ts";
import { isSolution } from "../../../src/puzzle/digest.ts";

test("a suffix with a beginning solves the puzzle", () => {
  const suffix = findSuffix("token", 10, "é+😀.");
  expect(suffix).toStartWith("é+😀.");
  expect(isSolution("token", suffix, 10)).toBe(true);
});

test("a suffix of a length solves the puzzle", () => {
  const suffix = findSuffix("token", 6, "a", 999);
  expect(suffix).toHaveLength(999);
  expect(isSolution("token", suffix, 6)).toBe(true);
});

test("a wrong suffix does not solve the puzzle", () => {
  expect(isSolution("token", findWrongSuffix("token", 1), 1)).toBe(false);
});

test("every suffix solves a puzzle of 0 bits, so none is wrong", () => {
  expect(() => findWrongSuffix("token", 0)).toThrow(Untried);
});

test("a puzzle of many bits is not tried", () => {
  expect(() => findSuffix("token", MAX_PLAIN_BITS + 1, "a")).toThrow(Untried);
});
