import { expect, test } from "bun:test";
import { PeerText } from "../../../src/fault/define.ts";
import { Fault } from "../../../src/fault/fault.ts";
import { reasonOf } from "../../../src/log/reason.ts";
import { createMemoryLog } from "../../support/memory-log.ts";

const fault = new Fault("unknownKeyword", { keyword: new PeerText("jane@example.org") });

test("a reason repeats a peer's text in a log of the level debug", () => {
  expect(reasonOf(fault, createMemoryLog("debug"))).toBe('unknown keyword "jane@example.org"');
});

test("a reason hides a peer's text in every other log", () => {
  for (const level of ["info", "warn", "error"] as const) {
    expect(reasonOf(fault, createMemoryLog(level))).toBe('unknown keyword "…"');
  }
});
