import { describe, expect, test } from "bun:test";
import type { ClientEvent } from "../../../src/client/events.ts";
import { createClientRecorder } from "../../../src/client/records.ts";
import { PeerText } from "../../../src/fault/define.ts";
import { Fault } from "../../../src/fault/fault.ts";
import { createMemoryLog } from "../../support/memory-log.ts";

const finished = (fault?: Fault, isInterrupted = false): ClientEvent => ({
  type: "finished",
  answered: 3,
  fault,
  isInterrupted,
  seconds: 1.23456,
});

/** Returns the record of one event. */
function recordOf(event: ClientEvent, level: "debug" | "info" = "info") {
  const log = createMemoryLog(level);
  createClientRecorder(log)(event);
  return log.records[0];
}

describe("a client in the log", () => {
  test("has its search, to the millisecond", () => {
    const solved = recordOf({ type: "solved", attempts: 9, seconds: 0.12345, kernel: "avx2" });
    expect(solved).toEqual({
      level: "info",
      message: "solved",
      values: { attempts: 9, seconds: 0.123, kernel: "avx2" },
    });
  });

  test("has its end", () => {
    expect(recordOf(finished())).toEqual({
      level: "info",
      message: "finished",
      values: { outcome: "ok", answered: 3, seconds: 1.235 },
    });
    const late = new Fault("timedOut", { step: "the line after WORK", seconds: 1 });
    expect(recordOf(finished(late))?.values).toMatchObject({
      outcome: "timeout",
      reason: "the line after WORK took longer than 1 s",
    });
  });

  test("repeats its server's words at the level debug only", () => {
    const said = "the server refused: jane@example.org is taken";
    const event = finished(
      new Fault("refusedByServer", { reason: new PeerText("jane@example.org is taken") }),
    );
    const values = { outcome: "refused", reason: 'the server refused: "…"' };
    expect(recordOf(event)).toMatchObject({ values });
    expect(recordOf(event, "debug")).toMatchObject({ values: { reason: said } });
  });

  test("is interrupted by a signal, whatever fault that causes", () => {
    const event = finished(new Fault("unexpected", { message: "interrupted by SIGINT" }), true);
    expect(recordOf(event)).toMatchObject({ level: "info", values: { outcome: "interrupted" } });
  });

  test("shows the steps of the conversation at the level debug only", () => {
    const event: ClientEvent = {
      type: "exchange",
      exchange: { type: "asked", message: { type: "HELLO" } },
    };
    expect(recordOf(event)).toBeUndefined();
    expect(recordOf(event, "debug")).toEqual({
      level: "debug",
      message: "asked",
      values: { step: "HELLO", line: "HELLO" },
    });
  });
});
