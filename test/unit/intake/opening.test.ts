import { describe, expect, test } from "bun:test";
import { checkOpen, makeOpening, parseMoment } from "../../../src/intake/opening.ts";
import { daysAgo, parseAge } from "../../../src/intake/retention.ts";
import { faultOf, summary } from "../../support/faults.ts";

describe("a time", () => {
  test.each([
    ["2027-01-31T18:00:00Z", "2027-01-31T18:00:00.000Z"],
    ["2027-01-31T18:00Z", "2027-01-31T18:00:00.000Z"],
    ["2027-01-31T18:00:00.25+01:30", "2027-01-31T16:30:00.250Z"],
  ])("may be %s", (text, iso) => {
    expect(new Date(parseMoment(text, "open").time).toISOString()).toBe(iso);
  });

  test.each([
    "",
    "tomorrow",
    "2027-01-31",
    "2027-01-31T18:00:00",
    "2027-01-31 18:00:00Z",
    "2027-02-30T00:00:00Z",
    "2027-13-01T00:00:00Z",
    "2027-01-01T25:00:00Z",
    "1800000000",
  ])("cannot be %j", (text) => {
    expect(summary(faultOf(() => parseMoment(text, "open")))).toBe(
      `usage: open: "${text}" is not a time such as 2027-01-31T18:00:00Z or 2027-01-31T18:00:00+01:00`,
    );
  });
});

describe("an intake", () => {
  const opening = makeOpening("2027-01-01T00:00:00+01:00", "2027-02-01T00:00:00Z");
  const at = (text: string) => () => checkOpen(opening, Date.parse(text));

  test("is open from its first time until before its second", () => {
    expect(at("2026-12-31T23:00:00Z")).not.toThrow();
    expect(at("2027-01-31T23:59:59.999Z")).not.toThrow();
    expect(summary(faultOf(at("2026-12-31T22:59:59.999Z")))).toBe(
      "refused: not open before 2027-01-01T00:00:00+01:00",
    );
    expect(summary(faultOf(at("2027-02-01T00:00:00Z")))).toBe(
      "refused: closed since 2027-02-01T00:00:00Z",
    );
  });

  test("is always open without times", () => {
    expect(() => checkOpen(makeOpening(undefined, undefined))).not.toThrow();
  });

  test("cannot be closed all the time", () => {
    const never = () => makeOpening("2027-02-01T00:00:00Z", "2027-02-01T01:00:00+01:00");
    expect(summary(faultOf(never))).toBe(
      "usage: close 2027-02-01T01:00:00+01:00 is not after open 2027-02-01T00:00:00Z",
    );
  });
});

describe("an age", () => {
  test("is a number of days", () => {
    expect(parseAge("180d", "retain")).toBe(180);
    expect(daysAgo(2, Date.parse("2027-01-03T00:00:00Z")).toISOString()).toBe(
      "2027-01-01T00:00:00.000Z",
    );
  });

  test.each(["", "180", "0d", "-1d", "1.5d", "d", "99999999d", "1w"])("cannot be %j", (text) => {
    expect(summary(faultOf(() => parseAge(text, "retain")))).toBe(
      `usage: retain: "${text}" is not a number of days from 1d to 36500d, such as 180d`,
    );
  });
});
