import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { PeerText } from "../../../src/fault/define.ts";
import { Fault, oldFault } from "../../../src/fault/fault.ts";
import type { ClientEvent, ServerEvent, Session } from "../../../src/server/events.ts";
import { createRecorder, recordClient } from "../../../src/server/records.ts";
import { createMemoryLog } from "../../support/memory-log.ts";

const SESSION: Session = {
  id: 7,
  peer: "192.0.2.1:9",
  identity: { subject: "CN=somebody", fingerprint: "sha256/abc=" },
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

const UNTRUSTED = new Fault("tlsError", { error: "peerUntrusted" });
const CLOSED = new Fault("closedInHandshake", {});
const rejected = (fault: Fault): ServerEvent => ({
  type: "connection rejected",
  peer: "192.0.2.1:9",
  fault,
});

/** The record of one event. */
function recordOf(event: ServerEvent, level: "debug" | "info" = "info") {
  const log = createMemoryLog(level);
  createRecorder(log).observe(event);
  return log.records[0];
}

describe("a session in the log", () => {
  test("says who came, and how", () => {
    expect(recordOf({ type: "session opened", session: SESSION })).toEqual({
      level: "info",
      message: "session opened",
      values: {
        session: 7,
        peer: "192.0.2.1:9",
        subject: "CN=somebody",
        fingerprint: "sha256/abc=",
        tls: "TLSv1.3",
        cipher: "TLS_AES_128_GCM_SHA256",
      },
    });
  });

  test("says how it ended, to the millisecond", () => {
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

  for (const family of ["transport", "protocol", "timeout", "refused"] as const) {
    test(`says at the level info what went wrong: ${family}`, () => {
      const record = recordOf(finished(oldFault(family, "this went wrong")));
      expect(record).toMatchObject({
        level: "info",
        values: { outcome: family, reason: "this went wrong" },
      });
    });
  }

  test("is an error when it was our fault", () => {
    const record = recordOf(finished(oldFault("internal", "a bug")));
    expect(record).toMatchObject({ level: "error", values: { outcome: "internal" } });
  });

  test("quotes its client at the level debug only", () => {
    const event = finished(new Fault("badSuffix", { suffix: new PeerText('Jane "Doe"') }));
    expect(recordOf(event)?.values["reason"]).toBe(
      'the suffix "…" holds a space or a control character',
    );
    expect(recordOf(event, "debug")?.values["reason"]).toContain('"Jane "Doe""');
  });

  test("that was refused says so", () => {
    const event: ServerEvent = { type: "session refused", session: SESSION, reason: "busy" };
    expect(recordOf(event)).toMatchObject({
      level: "info",
      message: "session refused",
      values: { session: 7, subject: "CN=somebody", reason: "busy" },
    });
  });
});

describe("strangers who only connect", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test("are records at the level debug", () => {
    expect(recordOf(rejected(UNTRUSTED), "debug")).toEqual({
      level: "debug",
      message: "connection rejected",
      values: { peer: "192.0.2.1:9", cause: "untrusted", reason: UNTRUSTED.message },
    });
  });

  test("are counted by cause at the level info, once a minute", () => {
    const log = createMemoryLog("info");
    const { observe } = createRecorder(log);
    for (let count = 0; count < 1000; count += 1) {
      observe(rejected(count < 400 ? UNTRUSTED : new Fault("closed", {})));
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
        values: { total: 1000, untrusted: 400, transport: 600 },
      },
      { level: "info", message: "connections rejected", values: { total: 1, closed: 1 } },
    ]);
  });

  test("are not forgotten at the end", () => {
    const log = createMemoryLog("info");
    const { observe, flush } = createRecorder(log);
    observe(rejected(CLOSED));
    flush();
    flush();
    expect(log.records.map(({ values }) => values)).toEqual([{ total: 1, closed: 1 }]);
  });
});

test("a server that cannot have all its connections warns", () => {
  const record = recordOf({ type: "capacity limited", maxConnections: 9 });
  expect(record).toMatchObject({ level: "warn", values: { maxConnections: 9 } });
});

describe("a visit in the log", () => {
  const end = (fault?: Fault, isInterrupted = false): ClientEvent => ({
    type: "finished",
    answered: 3,
    fault,
    isInterrupted,
    seconds: 1.23456,
  });
  const recordOfVisit = (event: ClientEvent, level: "debug" | "info" = "info") => {
    const log = createMemoryLog(level);
    recordClient(log)(event);
    return log.records[0];
  };

  test("says how it ended", () => {
    expect(recordOfVisit(end())).toEqual({
      level: "info",
      message: "finished",
      values: { outcome: "ok", answered: 3, seconds: 1.235 },
    });
    expect(recordOfVisit(end(oldFault("timeout", "too late")))?.values).toMatchObject({
      outcome: "timeout",
      reason: "too late",
    });
  });

  test("repeats what its server said at the level debug only", () => {
    const said = "the server refused: jane@example.org is taken";
    const event = end(
      new Fault("refusedByServer", { reason: new PeerText("jane@example.org is taken") }),
    );
    const values = { outcome: "refused", reason: 'the server refused: "…"' };
    expect(recordOfVisit(event)).toMatchObject({ values });
    expect(recordOfVisit(event, "debug")).toMatchObject({ values: { reason: said } });
  });

  test("is interrupted by a signal, and that is nobody's fault", () => {
    const record = recordOfVisit(end(oldFault("internal", "interrupted by SIGINT"), true));
    expect(record).toMatchObject({ level: "info", values: { outcome: "interrupted" } });
  });
});
