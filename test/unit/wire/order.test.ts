import { expect, test } from "bun:test";
import type { ServerMessage, Word } from "../../../src/wire/message.ts";
import { parseServerMessage } from "../../../src/wire/message.ts";
import { expectFollower, type Position } from "../../../src/wire/order.ts";
import { faultOf, summary } from "../../support/faults.ts";

const MESSAGES = ["HELLO", "WORK t 1", "EMAIL1 a", "DONE"].map(parseServerMessage);
const FAIL: ServerMessage = { type: "FAIL", reason: "x" };

const allowed: Readonly<Record<Position, readonly string[]>> = {
  start: ["HELLO"],
  HELLO: ["WORK"],
  WORK: ["REQUEST", "DONE"],
  REQUEST: ["REQUEST", "DONE"],
  DONE: [],
};

for (const [position, types] of Object.entries(allowed) as [Position, readonly string[]][]) {
  for (const message of MESSAGES) {
    const may = types.includes(message.type);
    test(`after ${position} ${message.type} ${may ? "may" : "may not"} come`, () => {
      const narrow = () => expectFollower(position, message) as ServerMessage;
      if (may) {
        expect(narrow()).toBe(message);
      } else {
        expect(faultOf(narrow).family).toBe("protocol");
      }
    });
  }
}

test("the error names the message and those that were expected", () => {
  const request: ServerMessage = { type: "REQUEST", request: "EMAIL1", arg: "a" as Word };
  expect(faultOf(() => expectFollower("start", request)).message).toBe(
    "a request is out of order, expected HELLO",
  );
  expect(faultOf(() => expectFollower("WORK", { type: "HELLO" })).message).toBe(
    "HELLO is out of order, expected a request or DONE",
  );
});

test("a message of our own that may not come is a fault of ours", () => {
  const fault = faultOf(() => expectFollower("HELLO", { type: "DONE" }, "self"));
  expect(summary(fault)).toBe("internal: DONE is out of order, expected WORK");
});

test("FAIL is not in the table: it is handled before the order is looked at", () => {
  expect(faultOf(() => expectFollower("start", FAIL)).family).toBe("protocol");
});
