/**
 * The table of outcomes in docs/logs.md says what the log and the store have.
 */
import { expect, test } from "bun:test";
import { FAMILIES } from "../../../src/fault/define.ts";
import { Fault } from "../../../src/fault/fault.ts";
import { outcomeOf } from "../../../src/intake/intake.ts";
import { outcomeName } from "../../../src/server/events.ts";
import { tablesWith } from "../../support/mentions.ts";

/** A fault of each family that can end a session, and the one that has an outcome of its own. */
const FAULTS = [
  new Fault("closedByPeer", {}),
  new Fault("timedOut", { step: "WORK", seconds: 1 }),
  new Fault("emptySuffix", {}),
  new Fault("invalidAnswer", { request: "COUNTRY", rule: "must be a country" }),
  new Fault("answeredAlready", {}),
  new Fault("outOfOrder", { message: "DONE", allowed: [], sender: "self" }),
];

test("the table has the outcomes in the log, and those that the store has for them", () => {
  const tables = tablesWith(/^in the log$/);
  const rows = tables.flatMap((table) => table.rows.map(([log, store]) => [log, store]));

  expect(rows).toEqual(
    [["ok", "complete"], ...FAULTS.map((fault) => [outcomeName(fault), outcomeOf(fault)])].map(
      (row) => row.map((outcome) => `\`${outcome}\``),
    ),
  );
});

test("the table has every family of failures", () => {
  const families = new Set(FAULTS.map(({ family }) => family));

  // A mistake of the user ends no session.
  expect([...families, "usage"].toSorted()).toEqual(FAMILIES.toSorted());
});
