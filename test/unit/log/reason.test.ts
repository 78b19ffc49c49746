import { expect, test } from "bun:test";
import { PeerText } from "../../../src/fault/define.ts";
import { Fault } from "../../../src/fault/fault.ts";
import { reasonOf } from "../../../src/log/reason.ts";
import { tlsFault } from "../../../src/tls/tls-errors.ts";
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

test("a reason hides the names in a peer's certificate", () => {
  const otherNames = new Fault("otherHostNames", {
    names: [new PeerText("jane.example.org")],
    wanted: "localhost",
    issuer: new PeerText("CN=Jane Doe"),
    isDnsName: false,
  });

  expect(reasonOf(otherNames, createMemoryLog("info"))).toBe(
    'the peer\'s certificate is for another host name: "…", not localhost',
  );
});

test("a reason hides the message of an unknown TLS error, which may quote a certificate", () => {
  const unknown = tlsFault(new Error("bad name: Jane Doe"));

  expect(reasonOf(unknown, createMemoryLog("debug"))).toBe(
    "an unknown TLS error: bad name: Jane Doe",
  );
  expect(reasonOf(unknown, createMemoryLog("info"))).toBe('an unknown TLS error: "…"');
});
