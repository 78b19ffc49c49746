import { describe, expect, test } from "bun:test";
import type { ConversationEvent, ExchangeOptions } from "../../../src/conversation/exchange.ts";
import { holdServerConversation, type Plan, turnAway } from "../../../src/conversation/server.ts";
import { Fault } from "../../../src/fault/fault.ts";
import { type Bits, REQUESTS, type Word } from "../../../src/wire/message.ts";
import { summary } from "../../support/faults.ts";
import { createMemoryChannel } from "../../support/memory-channel.ts";

// From the protocol's table of check values.
const TOKEN = "gkcjcibIFynKssuJnJpSrgvawiVjLjEbdFuYQzuWROTeTaSmqFCAzuwkwLCRgIIq" as Word;
const ARG = "LGTk" as Word;
const CHECKSUM = "28295607f05351eb24707046f3fa046e8a7afdabb32e6f0fba3de596cbf7c27b";
const SUFFIX = "ABZLU";

const PLAN: Plan = {
  token: TOKEN,
  bits: 19 as Bits,
  questions: [
    { request: "EMAIL1", arg: ARG },
    { request: "COUNTRY", arg: ARG },
  ],
};
const WORK = `WORK ${TOKEN} 19`;

/** Starts a server's conversation; the test is the client. */
function start(options: Partial<ExchangeOptions> = {}, plan: Plan = PLAN) {
  const memory = createMemoryChannel();
  const timeouts = { work: 60, other: 60 };
  const report = holdServerConversation(memory.channel, plan, { timeouts, ...options });
  return { ...memory, report, outcome: report.then(({ fault }) => fault) };
}

type Server = ReturnType<typeof start>;

/** Waits for each line and answers it, until the answers are used up. */
async function answer(server: Server, ...answers: readonly string[]): Promise<void> {
  for (const text of answers) {
    await server.sent();
    server.deliver(`${text}\n`);
  }
}

const GOOD_ANSWERS = ["HELLOBACK", SUFFIX, `${CHECKSUM} a@b.c`, `${CHECKSUM} Nowhere`, "OK"];

test("the whole conversation follows the diagram", async () => {
  const server = start();
  await answer(server, ...GOOD_ANSWERS);
  expect(await server.outcome).toBeUndefined();
  expect(server.transcript).toEqual(["HELLO", WORK, `EMAIL1 ${ARG}`, `COUNTRY ${ARG}`, "DONE"]);
  expect(server.isClosed()).toBe(true);
});

test("without questions DONE follows the work", async () => {
  const server = start({}, { ...PLAN, questions: [] });
  await answer(server, "HELLOBACK", SUFFIX, "OK");
  expect(await server.outcome).toBeUndefined();
  expect(server.transcript).toEqual(["HELLO", WORK, "DONE"]);
});

test("all eight requests may be asked, also repeatedly", async () => {
  const questions = [...REQUESTS, ...REQUESTS].map((request) => ({ request, arg: ARG }));
  const server = start({}, { ...PLAN, questions });
  const information = questions.map(() => `${CHECKSUM} v`);
  await answer(server, "HELLOBACK", SUFFIX, ...information, "OK");
  expect(await server.outcome).toBeUndefined();
  expect(server.transcript.slice(2, -1)).toEqual(questions.map((q) => `${q.request} ${ARG}`));
});

test("a suffix with more zero bits than wanted is accepted", async () => {
  const server = start({}, { ...PLAN, bits: 18 as Bits, questions: [] });
  await answer(server, "HELLOBACK", SUFFIX, "OK");
  expect(await server.outcome).toBeUndefined();
});

test("after OK nothing more is read", async () => {
  const server = start();
  await answer(server, ...GOOD_ANSWERS.slice(0, -1));
  await server.sent();
  server.deliver("OK\nand more\0");
  expect(await server.outcome).toBeUndefined();
});

describe("a wrong answer", () => {
  const good = GOOD_ANSWERS;
  const cases: Readonly<Record<string, readonly string[]>> = {
    "to HELLO": ["HELLO"],
    "to WORK": [...good.slice(0, 1), `${SUFFIX}x`],
    "to WORK: empty": [...good.slice(0, 1), ""],
    "to WORK: with a space": [...good.slice(0, 1), `${SUFFIX} `],
    "to a request: wrong checksum": [...good.slice(0, 2), `${CHECKSUM.replace("2", "3")} v`],
    "to a request: of another arg": [...good.slice(0, 3), `${"0".repeat(64)} v`],
    "to a request: no value": [...good.slice(0, 2), CHECKSUM],
    "to DONE": [...good.slice(0, 4), "ok"],
    "with a carriage return": ["HELLOBACK\r"],
    "that is too long": ["x".repeat(1001)],
  };
  for (const [name, answers] of Object.entries(cases)) {
    test(`${name} is answered with FAIL, and ends the session`, async () => {
      const server = start();
      await answer(server, ...answers);
      const fault = await server.outcome;
      expect(fault?.family).toBe("protocol");
      expect(server.transcript.at(-1)).toBe(`FAIL ${fault?.message}`);
      expect(server.isClosed()).toBe(true);
    });
  }
});

test("the outcome names the last step", async () => {
  const server = start();
  await answer(server, "HELLOBACK", SUFFIX, `${CHECKSUM} a@b.c`, "no checksum");
  expect(await server.report).toMatchObject({ step: "COUNTRY", fault: { family: "protocol" } });
});

test("a client may close after its OK, before the server does", async () => {
  const server = start();
  await answer(server, ...GOOD_ANSWERS.slice(0, -1));
  await server.sent();
  const closed = Promise.withResolvers<boolean>();
  // Input that arrived together with OK is delivered in the same turn.
  setImmediate(() => closed.resolve(server.isClosed()));
  server.deliver("OK\n");

  expect(await closed.promise).toBe(false);
  expect(await server.outcome).toBeUndefined();
  expect(server.isClosed()).toBe(true);
});

describe("bytes sent ahead are a violation", () => {
  test("before HELLO", async () => {
    const server = start();
    server.deliver("H");
    expect((await server.outcome)?.family).toBe("protocol");
    expect(server.transcript).toEqual([
      "FAIL bytes were sent ahead of HELLO; answer one line at a time",
    ]);
  });

  test("together with an answer", async () => {
    const server = start();
    await server.sent();
    server.deliver(`HELLOBACK\n${SUFFIX}\n`);
    expect((await server.outcome)?.family).toBe("protocol");
    expect(server.transcript).toHaveLength(2);
  });

  test("after an answer, in a read of their own", async () => {
    const server = start();
    await server.sent();
    server.deliver("HELLOBACK\n");
    server.deliver("A");
    expect((await server.outcome)?.family).toBe("protocol");
  });
});

describe("a close", () => {
  test("where an answer is due is a transport fault, and no FAIL is tried", async () => {
    const server = start();
    await answer(server, "HELLOBACK");
    await server.sent();
    server.hangUp();
    expect((await server.outcome)?.family).toBe("transport");
    expect(server.transcript).toEqual(["HELLO", WORK]);
  });

  test("in the middle of an answer is a transport fault, not an answer", async () => {
    const server = start();
    await server.sent();
    server.deliver("HELLOBACK");
    server.hangUp();
    expect((await server.outcome)?.family).toBe("transport");
  });
});

describe("a deadline", () => {
  test("of a step that passes is a FAIL", async () => {
    const server = start({ timeouts: { work: 60, other: 0.02 } });
    const fault = await server.outcome;
    expect(summary(fault)).toBe("timeout: the answer to HELLO took longer than 0.02 s");
    expect(server.transcript.at(-1)).toBe(`FAIL ${fault?.message}`);
  });

  test("is not extended by bytes that trickle in", async () => {
    const server = start({ timeouts: { work: 60, other: 0.05 } });
    const dribble = setInterval(() => server.deliver("x"), 5);
    expect((await server.outcome)?.family).toBe("timeout");
    clearInterval(dribble);
  });

  test("for the work is apart from the others", async () => {
    const server = start({ timeouts: { work: 0.02, other: 60 } });
    await answer(server, "HELLOBACK");
    expect(summary(await server.outcome)).toContain("the answer to WORK");
  });

  test("passes for a peer that does not read, and FAIL has a deadline too", async () => {
    const memory = createMemoryChannel({ stuckAfter: 0 });
    const timeouts = { work: 60, other: 0.02 };
    const { fault } = await holdServerConversation(memory.channel, PLAN, { timeouts });
    expect(fault?.family).toBe("timeout");
    expect(memory.isClosed()).toBe(true);
  });
});

test("a dismissal is a FAIL", async () => {
  const server = start();
  await answer(server, "HELLOBACK");
  await server.sent();
  server.channel.interrupt(new Fault("refusedByUs", { reason: "shutting down" }));
  expect(summary(await server.outcome)).toBe("refused: shutting down");
  expect(server.transcript.at(-1)).toBe("FAIL shutting down");
});

test("a client that is turned away gets FAIL, and the channel closes", async () => {
  const { channel, transcript, isClosed } = createMemoryChannel();
  await turnAway(channel, "busy");
  expect(transcript).toEqual(["FAIL busy"]);
  expect(isClosed()).toBe(true);
});

test.each([
  ["asked", []],
  ["answered", ["HELLO"]],
] as const)("a fault of our own is hidden from the client: when %s", async (when, said) => {
  const server = start({
    observe({ type }) {
      if (type === when) {
        throw new Error("secret of the machine");
      }
    },
  });
  if (when === "answered") {
    expect(await server.sent()).toBe("HELLO");
    server.deliver("HELLOBACK\n");
  }
  expect((await server.outcome)?.family).toBe("internal");
  expect(server.transcript).toEqual([...said, "FAIL internal error"]);
});

test("observers see each message and each answer", async () => {
  const events: ConversationEvent[] = [];
  const server = start({ observe: (event) => events.push(event) }, { ...PLAN, questions: [] });
  await answer(server, "HELLOBACK", SUFFIX, "OK");
  await server.outcome;
  const seen = events.map((event) =>
    event.type === "answered" ? `${event.message.type} → ${event.line}` : event.message.type,
  );
  expect(seen).toEqual([
    "HELLO",
    "HELLO → HELLOBACK",
    "WORK",
    `WORK → ${SUFFIX}`,
    "DONE",
    "DONE → OK",
  ]);
});

test("a planned refusal comes after the questions, in place of DONE", async () => {
  const server = start({}, { ...PLAN, refusal: "an exercise" });
  await answer(server, ...GOOD_ANSWERS.slice(0, -1));
  expect(summary(await server.outcome)).toBe("refused: an exercise");
  expect(server.transcript.at(-1)).toBe("FAIL an exercise");
});
