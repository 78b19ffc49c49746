import { expect, test } from "bun:test";
import { Inbox } from "../../../src/conversation/inbox.ts";
import { Fault } from "../../../src/fault/fault.ts";
import { rejectionOf, summary } from "../../support/faults.ts";

const bytes = (text: string) => Buffer.from(text);
const CLOSED = new Fault("closed", {});

test("lines are received in the order in which they came", async () => {
  const inbox = new Inbox();
  inbox.push(bytes("a\nb\n"));
  expect([await inbox.receive(), await inbox.receive()]).toEqual(["a", "b"]);
});

test("a reader waits for its line", async () => {
  const inbox = new Inbox();
  const line = inbox.receive();
  inbox.push(bytes("la"));
  inbox.push(bytes("te\n"));
  expect(await line).toBe("late");
});

test("lines that came before the end are still received, then the end is thrown", async () => {
  const inbox = new Inbox();
  inbox.push(bytes("last\n"));
  inbox.end(CLOSED);
  expect(await inbox.receive()).toBe("last");
  expect(await rejectionOf(inbox.receive())).toBe(CLOSED);
  expect(await rejectionOf(inbox.receive())).toBe(CLOSED);
});

test("a violation after a good line does not hide the line", async () => {
  const inbox = new Inbox();
  inbox.push(bytes("good\n\0\n"));
  expect(await inbox.receive()).toBe("good");
  expect((await rejectionOf(inbox.receive())).family).toBe("protocol");
});

test("a violation is final: nothing is received after it", async () => {
  const inbox = new Inbox();
  inbox.push(bytes("\0\n"));
  inbox.push(bytes("fine\n"));
  expect((await rejectionOf(inbox.receive())).family).toBe("protocol");
  expect((await rejectionOf(inbox.receive())).family).toBe("protocol");
  expect([inbox.hasEnded, inbox.unread]).toEqual([true, false]);
});

test("two readers get a line each", async () => {
  const inbox = new Inbox();
  const lines = Promise.all([inbox.receive(), inbox.receive()]);
  inbox.push(bytes("a\n"));
  await null;
  inbox.push(bytes("b\n"));
  expect(await lines).toEqual(["a", "b"]);
});

test("a close is thrown as a fault where a line is due", async () => {
  const inbox = new Inbox();
  inbox.end("closedByPeer");
  expect(summary(await rejectionOf(inbox.receive()))).toBe(
    "transport: the peer closed the connection",
  );
});

test("only the first end counts, and nothing is received after it", async () => {
  const inbox = new Inbox();
  inbox.end(CLOSED);
  inbox.end(new Fault("closedByPeer", {}));
  inbox.push(bytes("more\n"));
  expect(await rejectionOf(inbox.receive())).toBe(CLOSED);
  expect(inbox.unread).toBe(false);
});

test("a close in the middle of a line is the close, not a line", async () => {
  const inbox = new Inbox();
  inbox.push(bytes("half"));
  inbox.end(CLOSED);
  expect(await rejectionOf(inbox.receive())).toBe(CLOSED);
});

test("arrival resolves without taking anything", async () => {
  const inbox = new Inbox();
  const arrival = inbox.arrival();
  inbox.push(bytes("line\n"));
  await arrival;
  expect(inbox.ready).toBe(true);
  expect(await inbox.receive()).toBe("line");
  expect(inbox.ready).toBe(false);
});

test("arrival resolves when the stream ends", async () => {
  const inbox = new Inbox();
  const arrival = inbox.arrival();
  inbox.end(CLOSED);
  await arrival;
  expect(inbox.ready).toBe(true);
});

test("the beginning of a line is unread, and not ready", () => {
  const inbox = new Inbox();
  expect(inbox.unread).toBe(false);
  inbox.push(bytes("be"));
  expect(inbox.unread).toBe(true);
  expect(inbox.ready).toBe(false);
});

test("a third unread line is a violation, so that no peer can fill our memory", async () => {
  const inbox = new Inbox();
  inbox.push(bytes("1\n2\n3\n\0\n"));
  expect([await inbox.receive(), await inbox.receive()]).toEqual(["1", "2"]);
  expect(summary(await rejectionOf(inbox.receive()))).toBe(
    "protocol: several lines were sent without waiting for an answer",
  );
});
