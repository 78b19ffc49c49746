import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ConversationEvent } from "../../../src/conversation/exchange.ts";
import { recordOfStep } from "../../../src/conversation/records.ts";
import { parseServerMessage } from "../../../src/wire/message.ts";

/** Returns the records of these events. */
function recordsOf(events: readonly ConversationEvent[]) {
  return events.map(recordOfStep);
}

const asked = (line: string): ConversationEvent => ({
  type: "asked",
  message: parseServerMessage(line),
});

const answered = (message: string, line: string, seconds = 0.25): ConversationEvent => ({
  type: "answered",
  message: parseServerMessage(message),
  line,
  seconds,
});

describe("the records of a conversation", () => {
  test("are one for each message and each answer", () => {
    const events = [asked("HELLO"), answered("HELLO", "HELLOBACK"), asked("EMAIL1 arg")];
    expect(recordsOf(events)).toEqual([
      { message: "asked", values: { step: "HELLO", line: "HELLO" } },
      {
        message: "answered",
        values: { step: "HELLO", seconds: 0.25, line: "HELLOBACK" },
      },
      { message: "asked", values: { step: "EMAIL1", line: "EMAIL1 arg" } },
    ]);
  });

  test("name a request's answer by the request", () => {
    const [record] = recordsOf([answered("COUNTRY arg", "checksum Nowhere")]);
    expect(record?.values.step).toBe("COUNTRY");
  });

  test("have times to the millisecond", () => {
    const [record] = recordsOf([answered("DONE", "OK", 0.0123456)]);
    expect(record?.values.seconds).toBe(0.012);
  });

  test("show a token's first four characters only", () => {
    const [record] = recordsOf([asked(`WORK abcdefgh${"x".repeat(56)} 28`)]);
    expect(record?.values.line).toBe("WORK abcd… 28");
  });

  test("never show a whole token, however short", () => {
    for (const token of ["a", "abc", "abcd", "abcdefgh"]) {
      const [record] = recordsOf([asked(`WORK ${token} 1`)]);
      expect(record?.values.line).not.toContain(token);
    }
  });

  test("show a refusal, with unprintable characters escaped", () => {
    const [record] = recordsOf([asked("FAIL no\u001b[2J\nforged")]);
    expect(record?.values.line).toBe("FAIL no\\u{1b}[2J\\u{a}forged");
  });

  test("show an answer with unprintable characters escaped", () => {
    const [record] = recordsOf([answered("EMAIL1 arg", "sum \u009b1m\u202e")]);
    expect(record?.values.line).toBe("sum \\u{9b}1m\\u{202e}");
  });
});

test("no token of five characters or more is ever whole in a record", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{5,128}$/), (token) => {
      const text = JSON.stringify(
        recordsOf([asked(`WORK ${token} 9`), answered(`WORK ${token} 9`, "!")]),
      );
      // The token follows "WORK "; elsewhere a short one may be a part of another word.
      return !text.includes(`WORK ${token}`) && !text.includes(`"${token}"`);
    }),
  );
});
