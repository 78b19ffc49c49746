import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ConversationEvent } from "../../../src/conversation/exchange.ts";
import { recordExchange } from "../../../src/log/conversation.ts";
import { parseServerMessage } from "../../../src/wire/message.ts";
import { createMemoryLog } from "../../support/memory-log.ts";

const PARTY = { id: 7, peer: "192.0.2.1:9" };

/** What is written about these events. */
function recordsOf(events: readonly ConversationEvent[], party?: typeof PARTY) {
  const log = createMemoryLog();
  for (const event of events) {
    recordExchange(log, event, party);
  }
  return log.records;
}

const asked = (line: string): ConversationEvent => ({
  type: "asked",
  message: parseServerMessage(line),
});

const answered = (line: string, answer: string, seconds = 0.25): ConversationEvent => ({
  type: "answered",
  message: parseServerMessage(line),
  answer,
  seconds,
});

describe("a conversation in the log", () => {
  test("has a record for each message and each answer", () => {
    const events = [asked("HELLO"), answered("HELLO", "HELLOBACK"), asked("EMAIL1 arg")];
    expect(recordsOf(events)).toEqual([
      { level: "debug", message: "asked", values: { step: "HELLO", line: "HELLO" } },
      {
        level: "debug",
        message: "answered",
        values: { step: "HELLO", seconds: 0.25, line: "HELLOBACK" },
      },
      { level: "debug", message: "asked", values: { step: "EMAIL1", line: "EMAIL1 arg" } },
    ]);
  });

  test("says in every record whose it is, where there are several", () => {
    const records = recordsOf([asked("DONE"), answered("DONE", "OK")], PARTY);
    for (const { values } of records) {
      expect(values).toMatchObject({ session: 7, peer: "192.0.2.1:9" });
    }
  });

  test("is not even looked at when nobody reads of it", () => {
    const untouchable = new Proxy(answered("EMAIL1 arg", "!"), {
      get: () => expect.unreachable(),
    });
    recordExchange(createMemoryLog("info"), untouchable);
  });

  test("names a request's answer by the request", () => {
    const [record] = recordsOf([answered("COUNTRY arg", "checksum Nowhere")]);
    expect(record?.values["step"]).toBe("COUNTRY");
  });

  test("is timed to the millisecond", () => {
    const [record] = recordsOf([answered("DONE", "OK", 0.0123456)]);
    expect(record?.values["seconds"]).toBe(0.012);
  });

  test("shows a token's first four characters only", () => {
    const [record] = recordsOf([asked(`WORK abcdefgh${"x".repeat(56)} 28`)]);
    expect(record?.values["line"]).toBe("WORK abcd… 28");
  });

  test("never shows a whole token, however short", () => {
    for (const token of ["a", "abc", "abcd", "abcdefgh"]) {
      const [record] = recordsOf([asked(`WORK ${token} 1`)]);
      expect(record?.values["line"]).not.toContain(token);
    }
  });

  test("shows a refusal, with what does not print escaped", () => {
    const [record] = recordsOf([asked("FAIL no\u001b[2J\nforged")]);
    expect(record?.values["line"]).toBe("FAIL no\\u{1b}[2J\\u{a}forged");
  });

  test("shows an answer with what does not print escaped", () => {
    const [record] = recordsOf([answered("EMAIL1 arg", "sum \u009b1m\u202e")]);
    expect(record?.values["line"]).toBe("sum \\u{9b}1m\\u{202e}");
  });
});

test("no line is written above the level debug: it may hold personal values", () => {
  const events = [asked("HELLO"), asked("WORK abcdefgh 3"), answered("EMAIL1 a", "sum z@example")];
  const levels = new Set(recordsOf(events).map(({ level }) => level));
  expect([...levels]).toEqual(["debug"]);
});

test("no token of five characters or more is ever whole in the log", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{5,128}$/), (token) => {
      const text = JSON.stringify(
        recordsOf([asked(`WORK ${token} 9`), answered(`WORK ${token} 9`, "!")]),
      );
      // Only what follows "WORK " can be the token: a short one may be part of another word.
      return !text.includes(`WORK ${token}`) && !text.includes(`"${token}"`);
    }),
  );
});
