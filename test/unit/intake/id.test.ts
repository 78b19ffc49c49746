import { expect, test } from "bun:test";
import { firstIdOf, newId } from "../../../src/intake/id.ts";

test("an id is a ULID of its time", () => {
  const at = new Date("2016-07-30T23:54:10.259Z");
  // The example of the ULID specification: this time is 01ARYZ6S41.
  expect(newId(new Date(1469918176385))).toMatch(/^01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/);
  expect(newId(at)).toHaveLength(26);
  expect(firstIdOf(new Date(1469918176385))).toBe("01ARYZ6S410000000000000000");
  expect(firstIdOf(new Date(-1))).toBe("00000000000000000000000000");
});

test("ids sort in the order in which they were made", () => {
  const at = new Date();
  const ids = Array.from({ length: 1000 }, () => newId(at));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(firstIdOf(at) <= (ids[0] ?? "")).toBe(true);
  expect(firstIdOf(new Date(at.getTime() + 1)) > (ids.at(-1) ?? "")).toBe(true);
});
