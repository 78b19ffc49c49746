import { describe, expect, test } from "bun:test";
import { Fault } from "../../../src/fault/fault.ts";
import { createMetrics } from "../../../src/metrics/metrics.ts";
import type { ServerEvent, Session } from "../../../src/server/events.ts";
import { parseServerMessage } from "../../../src/wire/message.ts";

const newSession = (id: number): Session => ({
  id,
  peer: "192.0.2.1:9",
  identity: undefined,
  tlsVersion: "TLSv1.3",
  cipher: "TLS_AES_128_GCM_SHA256",
  traffic: { received: 10, sent: 20 },
});

const opened = (session: Session): ServerEvent => ({ type: "session opened", session });

const asked = (session: Session, line: string): ServerEvent => ({
  type: "exchange",
  session,
  exchange: { type: "asked", message: parseServerMessage(line) },
});

const answered = (session: Session, line: string, seconds: number): ServerEvent => ({
  type: "exchange",
  session,
  exchange: { type: "answered", message: parseServerMessage(line), line: "Jane", seconds },
});

const finished = (session: Session, fault?: Fault): ServerEvent => ({
  type: "session finished",
  session,
  step: "WORK",
  fault,
  seconds: 2,
});

/** Returns the metrics after these events: values by their series, without those that are 0. */
async function metricsAfter(...events: readonly ServerEvent[]): Promise<Record<string, number>> {
  const metrics = createMetrics();
  events.forEach(metrics.observe);
  const lines = (await metrics.render()).split("\n");
  const series = lines.flatMap((line) => {
    const [, name, value] = /^(tlslp_.*) (\S+)$/.exec(line) ?? [];
    return name === undefined || value === "0" ? [] : [[name, Number(value)]];
  });
  return Object.fromEntries(series);
}

describe("sessions", () => {
  const [one, two, three] = [newSession(1), newSession(2), newSession(3)];

  test("are open at the step of the last message", async () => {
    const events = [opened(one), opened(two), opened(three), asked(one, "HELLO")];
    const later = [asked(two, "HELLO"), asked(two, "WORK token 4"), asked(three, "EMAIL1 arg")];
    expect(await metricsAfter(...events, ...later)).toEqual({
      'tlslp_sessions_open{step="HELLO"}': 1,
      'tlslp_sessions_open{step="WORK"}': 1,
      'tlslp_sessions_open{step="EMAIL1"}': 1,
    });
  });

  test("are finished by outcome, with their time and bytes", async () => {
    const lost = new Fault("closedByPeer", {});
    const counted = await metricsAfter(
      opened(one),
      opened(two),
      finished(one),
      finished(two, lost),
    );
    expect(counted).toMatchObject({
      'tlslp_sessions_finished_total{outcome="ok"}': 1,
      'tlslp_sessions_finished_total{outcome="transport"}': 1,
      tlslp_session_seconds_sum: 4,
      tlslp_session_seconds_count: 2,
      tlslp_received_bytes_total: 20,
      tlslp_sent_bytes_total: 40,
    });
    expect(Object.keys(counted)).not.toContainEqual(expect.stringContaining("sessions_open"));
  });

  test("that were refused are counted by reason", async () => {
    const refused: ServerEvent = { type: "session refused", session: one, reason: "busy" };
    expect(await metricsAfter(refused, refused)).toEqual({
      'tlslp_sessions_refused_total{reason="busy"}': 2,
    });
  });

  test("are timed from WORK to its answer, and at no other step", async () => {
    const counted = await metricsAfter(
      answered(one, "HELLO", 0.5),
      answered(one, "WORK token 4", 7),
      answered(one, "EMAIL1 arg", 0.5),
    );
    expect(counted).toMatchObject({
      tlslp_solve_seconds_sum: 7,
      tlslp_solve_seconds_count: 1,
      'tlslp_solve_seconds_bucket{le="10"}': 1,
    });
    expect(counted).not.toHaveProperty(['tlslp_solve_seconds_bucket{le="3"}']);
  });
});

test("connections that were rejected are counted by cause", async () => {
  const rejected = (fault: Fault): ServerEvent => ({
    type: "connection rejected",
    peer: "192.0.2.1:9",
    fault,
  });
  const expired = new Fault("tlsError", { error: "peerExpired" });
  const late = new Fault("timedOut", { step: "the TLS handshake", seconds: 10 });
  expect(await metricsAfter(rejected(expired), rejected(late), rejected(late))).toEqual({
    'tlslp_handshake_failures_total{cause="expired"}': 1,
    'tlslp_handshake_failures_total{cause="timeout"}': 2,
  });
});

test("outcomes and causes have series from the start, so that rate() sees their first event", async () => {
  const text = await createMetrics().render();
  expect(text).toContain('\ntlslp_sessions_finished_total{outcome="internal"} 0\n');
  expect(text).toContain('\ntlslp_handshake_failures_total{cause="untrusted"} 0\n');
});

test("the metrics of the process are true", async () => {
  const text = await createMetrics().render();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  expect(value("process_cpu_seconds_total")).toBeGreaterThan(0);
  expect(value("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
  expect(value("process_heap_bytes")).toBeGreaterThan(100_000);
  expect(value("process_open_fds")).toBeGreaterThan(2);
  expect(value("process_max_fds")).toBeGreaterThanOrEqual(value("process_open_fds"));
  expect(Math.abs(value("process_start_time_seconds") - Date.now() / 1000)).toBeLessThan(3600);
});
