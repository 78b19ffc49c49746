import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { PeerText } from "../../../src/fault/define.ts";
import { Fault } from "../../../src/fault/fault.ts";
import type { ServerEvent, Session } from "../../../src/server/events.ts";
import { recordStore } from "../../../src/server/intake-records.ts";
import { createServerRecorder } from "../../../src/server/records.ts";
import { createMemoryLog } from "../../support/memory-log.ts";

const SESSION: Session = {
  id: 7,
  peer: "192.0.2.1:9",
  identity: { subject: "CN=jane", name: "jane", fingerprint: "sha256/abc=" },
  tlsVersion: "TLSv1.3",
  cipher: "TLS_AES_128_GCM_SHA256",
  traffic: { received: 10, sent: 20 },
};

const finished = (fault?: Fault): ServerEvent => ({
  type: "session finished",
  session: SESSION,
  step: "WORK",
  fault,
  seconds: 1.23456,
});

const rejected = (fault: Fault): ServerEvent => ({
  type: "connection rejected",
  peer: "192.0.2.1:9",
  fault,
});

const UNTRUSTED = new Fault("tlsError", { error: "peerUntrusted" });
const OTHER = new Fault("otherTlsError", { reason: "ALERT" });
const CLOSED = new Fault("closedInHandshake", {});

/** Returns the record of one event. */
function recordOf(event: ServerEvent, level: "debug" | "info" = "info") {
  const log = createMemoryLog(level);
  createServerRecorder(log).observe(event);
  return log.records[0];
}

describe("a session in the log", () => {
  test("names its client's key, and the encryption", () => {
    expect(recordOf({ type: "session opened", session: SESSION })).toEqual({
      level: "info",
      message: "session opened",
      values: {
        session: 7,
        peer: "192.0.2.1:9",
        fingerprint: "sha256/abc=",
        tls: "TLSv1.3",
        cipher: "TLS_AES_128_GCM_SHA256",
      },
    });
  });

  test("has the name of a person at the level debug only", () => {
    const opened: ServerEvent = { type: "session opened", session: SESSION };
    const refused: ServerEvent = { type: "session refused", session: SESSION, reason: "busy" };
    for (const event of [opened, refused]) {
      expect(JSON.stringify(recordOf(event))).not.toContain("jane");
      expect(recordOf(event, "debug")?.values).toMatchObject({ subject: "CN=jane" });
    }
  });

  test("has its end, to the millisecond", () => {
    expect(recordOf(finished())).toEqual({
      level: "info",
      message: "session finished",
      values: {
        session: 7,
        peer: "192.0.2.1:9",
        outcome: "ok",
        step: "WORK",
        seconds: 1.235,
        received: 10,
        sent: 20,
      },
    });
  });

  const faults = [
    new Fault("closedByPeer", {}),
    new Fault("emptySuffix", {}),
    new Fault("timedOut", { step: "the answer to WORK", seconds: 1 }),
    new Fault("refusedByUs", { reason: "shutting down" }),
  ];
  for (const fault of faults) {
    test(`has its fault at the level info: ${fault.family}`, () => {
      expect(recordOf(finished(fault))).toMatchObject({
        level: "info",
        values: { outcome: fault.family, reason: fault.message },
      });
    });
  }

  test("says that an answer broke a rule", () => {
    const fault = new Fault("invalidAnswer", { request: "EMAIL1", rule: "must be a mail address" });
    expect(recordOf(finished(fault))).toMatchObject({
      level: "info",
      values: { outcome: "invalid answer", reason: "EMAIL1: must be a mail address" },
    });
  });

  test("names its submission, and the id alone of its receipt", () => {
    const kept = { ...finished(), submission: { id: "01M8", receipt: "ey.ey.sig" } };
    const record = recordOf(kept as ServerEvent);
    expect(record?.values).toMatchObject({ submission: "01M8", jti: "01M8" });
    expect(JSON.stringify(record)).not.toContain("ey.ey.sig");
    const without = { ...finished(), submission: { id: "01M8", receipt: undefined } };
    expect(recordOf(without as ServerEvent)?.values["jti"]).toBeUndefined();
  });

  test("is an error when the fault is ours", () => {
    const record = recordOf(finished(new Fault("unexpected", { message: "a bug" })));
    expect(record).toMatchObject({ level: "error", values: { outcome: "internal" } });
  });

  test("quotes its client at the level debug only", () => {
    const event = finished(new Fault("badSuffix", { suffix: new PeerText('Jane "Doe"') }));
    expect(recordOf(event)?.values["reason"]).toBe(
      'the suffix "…" holds a space or a control character',
    );
    expect(recordOf(event, "debug")?.values["reason"]).toContain('"Jane "Doe""');
  });

  test("has its steps at the level debug only", () => {
    const event: ServerEvent = {
      type: "exchange",
      session: SESSION,
      exchange: { type: "asked", message: { type: "DONE" } },
    };
    expect(recordOf(event)).toBeUndefined();
    expect(recordOf(event, "debug")).toEqual({
      level: "debug",
      message: "asked",
      values: { session: 7, peer: "192.0.2.1:9", step: "DONE", line: "DONE" },
    });
  });

  test("costs nothing for steps that are not logged", () => {
    const exchange = new Proxy({} as Extract<ServerEvent, { type: "exchange" }>["exchange"], {
      get: () => expect.unreachable(),
    });
    recordOf({ type: "exchange", session: SESSION, exchange });
  });

  test("that was refused says so", () => {
    const event: ServerEvent = { type: "session refused", session: SESSION, reason: "busy" };
    expect(recordOf(event)).toMatchObject({
      level: "info",
      message: "session refused",
      values: { session: 7, fingerprint: "sha256/abc=", reason: "busy" },
    });
  });
});

describe("connections that are rejected", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test("are records at the level debug", () => {
    expect(recordOf(rejected(UNTRUSTED), "debug")).toEqual({
      level: "debug",
      message: "connection rejected",
      values: {
        peer: "192.0.2.1:9",
        cause: "untrusted",
        reason: "the peer's certificate was not signed by an authority that we trust",
      },
    });
  });

  test("are counted by cause at the level info, once a minute", () => {
    const log = createMemoryLog("info");
    const { observe } = createServerRecorder(log);
    for (let count = 0; count < 1000; count += 1) {
      observe(rejected(count < 400 ? UNTRUSTED : OTHER));
    }
    expect(log.records).toEqual([]);

    jest.advanceTimersByTime(60_000);
    observe(rejected(CLOSED));
    jest.advanceTimersByTime(60_000);
    jest.advanceTimersByTime(600_000);

    expect(log.records).toEqual([
      {
        level: "info",
        message: "connections rejected",
        values: { total: 1000, untrusted: 400, other: 600 },
      },
      { level: "info", message: "connections rejected", values: { total: 1, closed: 1 } },
    ]);
  });

  test("are counted at the end too", () => {
    const log = createMemoryLog("info");
    const { observe, flush } = createServerRecorder(log);
    observe(rejected(CLOSED));
    flush();
    flush();
    expect(log.records.map(({ values }) => values)).toEqual([{ total: 1, closed: 1 }]);
  });
});

test("a server that cannot open enough connections warns", () => {
  const record = recordOf({ type: "capacity limited", maxConnections: 9 });
  expect(record).toMatchObject({ level: "warn", values: { maxConnections: 9 } });
});

describe("the intake in the log", () => {
  test("has its store", () => {
    const log = createMemoryLog();
    recordStore(log, { store: "sqlite:x" });
    recordStore(log, { store: undefined });
    expect(log.records).toEqual([
      { level: "info", message: "answers are kept", values: { store: "sqlite:x" } },
      { level: "info", message: "answers are checked and forgotten", values: {} },
    ]);
  });

  const since = new Date("2026-11-29T10:00:00Z");
  const fault = new Fault("storeFailed", { store: "sqlite:intake.db", reason: "SQLITE_FULL" });
  const records: readonly (readonly [ServerEvent, string, string, object])[] = [
    [
      { type: "store failing", since, fault },
      "error",
      "answers cannot be kept",
      {
        since: "2026-11-29T10:00:00.000Z",
        reason: "the store sqlite:intake.db fails: the disk is full",
      },
    ],
    [
      { type: "store recovered", seconds: 1.23456 },
      "info",
      "answers can be kept again",
      { seconds: 1.235 },
    ],
    [
      { type: "note not kept", reason: "locked" },
      "debug",
      "the store could not record how a session ended",
      { reason: "locked" },
    ],
    [{ type: "old entries erased", count: 2 }, "info", "old personal data erased", { entries: 2 }],
    [
      { type: "old entries not erased", reason: "locked" },
      "error",
      "old personal data not erased",
      { reason: "locked" },
    ],
    [
      { type: "on-pass output", id: "01M8", line: "said" },
      "debug",
      "the on-pass command printed",
      { submission: "01M8", line: "said" },
    ],
    [
      { type: "on-pass handled", id: "01M8", seconds: 1.23456 },
      "info",
      "the on-pass command succeeded",
      { submission: "01M8", seconds: 1.235 },
    ],
    [
      { type: "on-pass not recorded", id: "01M8" },
      "warn",
      "the on-pass command succeeded and will run again: that could not be recorded",
      { submission: "01M8" },
    ],
    [
      { type: "on-pass failed", id: "01M8", reason: "it exited with 3" },
      "warn",
      "the on-pass command failed",
      { submission: "01M8", reason: "it exited with 3" },
    ],
  ];
  for (const [event, level, message, values] of records) {
    test(message, () => {
      expect(recordOf(event, "debug") as unknown).toEqual({ level, message, values });
    });
  }
});
