/**
 * The server's own work between two lines: before HELLO, after each answer, and before DONE.
 */
import { describe, expect, test } from "bun:test";
import type { ConversationEvent } from "../../../src/conversation/exchange.ts";
import {
  type Answer,
  holdServerConversation,
  type Plan,
} from "../../../src/conversation/server.ts";
import { Fault } from "../../../src/fault/fault.ts";
import { digestOf, toHex } from "../../../src/puzzle/digest.ts";
import type { Bits, Word } from "../../../src/wire/message.ts";
import { summary } from "../../support/faults.ts";
import { createMemoryChannel } from "../../support/memory-channel.ts";

const TOKEN = "token" as Word;
const ARG = "arg" as Word;
const CHECKSUM = toHex(digestOf(TOKEN, ARG));
const LATER = "the answers could not be kept, try again later";

function start(steps: Partial<Plan>, { other = 60 }: { other?: number } = {}) {
  const memory = createMemoryChannel();
  const events: ConversationEvent[] = [];
  const plan: Plan = {
    token: TOKEN,
    bits: 0 as Bits,
    questions: [
      { request: "FULL_NAME", arg: ARG },
      { request: "COUNTRY", arg: ARG },
    ],
    ...steps,
  };
  const report = holdServerConversation(memory.channel, plan, {
    timeouts: { work: 60, other },
    observe: (event) => events.push(event),
  });
  return { ...memory, events, outcome: report.then(({ fault }) => fault) };
}

type Server = ReturnType<typeof start>;

/** Answers everything up to DONE. */
async function answerQuestions(server: Server): Promise<void> {
  for (const text of ["HELLOBACK", "suffix", `${CHECKSUM} Zoë Q`, `${CHECKSUM}  Nowhere `]) {
    await server.sent();
    server.deliver(`${text}\n`);
  }
}

/** Creates work that lasts until the test ends it. */
function createWork() {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  return {
    begun: begun.promise,
    end: end.resolve,
    run() {
      begun.resolve();
      return end.promise;
    },
  };
}

describe("the step before HELLO", () => {
  test("is awaited before anything is sent", async () => {
    const work = createWork();
    const server = start({ beforeHello: work.run });
    await work.begun;
    await Bun.sleep(1);
    expect(server.transcript).toEqual([]);
    work.end();
    expect(await server.sent()).toBe("HELLO");
  });

  test("may refuse the client", async () => {
    const beforeHello = () =>
      Promise.reject(new Fault("refusedByUs", { reason: "come back later" }));
    const server = start({ beforeHello });
    expect(summary(await server.outcome)).toBe("refused: come back later");
    expect(server.transcript).toEqual(["FAIL come back later"]);
    expect(server.events).toEqual([]);
  });
});

describe("the check of an answer", () => {
  test("refuses the client at once, with the reason alone", async () => {
    const server = start({
      checkAnswer({ request, value }) {
        if (value === "Zoë Q") {
          throw new Fault("invalidAnswer", { request, rule: "must be a name" });
        }
      },
    });
    await answerQuestions(server);
    expect(summary(await server.outcome)).toBe("refused: FULL_NAME: must be a name");
    expect(server.transcript.at(-1)).toBe("FAIL FULL_NAME: must be a name");
    expect(server.transcript).not.toContain(`COUNTRY ${ARG}`);
  });

  test("comes after that of its checksum", async () => {
    const checked: Answer[] = [];
    const server = start({ checkAnswer: (answer) => void checked.push(answer) });
    for (const text of ["HELLOBACK", "suffix", `${CHECKSUM} v`, `${"0".repeat(64)} w`]) {
      await server.sent();
      server.deliver(`${text}\n`);
    }
    expect((await server.outcome)?.family).toBe("protocol");
    expect(checked).toEqual([{ request: "FULL_NAME", value: "v" }]);
  });
});

describe("the step before DONE", () => {
  test("gets every answer, and DONE follows it", async () => {
    let kept: readonly Answer[] = [];
    const server = start({
      async beforeDone(answers) {
        await Bun.sleep(1);
        expect(server.transcript).not.toContain("DONE");
        kept = answers;
      },
    });
    await answerQuestions(server);
    while ((await server.sent()) !== "DONE") {}
    server.deliver("OK\n");

    expect(await server.outcome).toBeUndefined();
    expect(kept).toEqual([
      { request: "FULL_NAME", value: "Zoë Q" },
      { request: "COUNTRY", value: " Nowhere " },
    ]);
  });

  test("may refuse the client", async () => {
    const beforeDone = () => Promise.reject(new Fault("refusedByUs", { reason: LATER }));
    const server = start({ beforeDone });
    await answerQuestions(server);
    expect(summary(await server.outcome)).toBe(`refused: ${LATER}`);
    expect(server.transcript.at(-1)).toBe(`FAIL ${LATER}`);
    expect(server.transcript).not.toContain("DONE");
  });

  test("is a fault of ours if it throws anything else, and FAIL does not name it", async () => {
    const server = start({ beforeDone: () => Promise.reject(new Error("disk full")) });
    await answerQuestions(server);
    expect(summary(await server.outcome)).toBe("internal: disk full");
    expect(server.transcript.at(-1)).toBe("FAIL internal error");
  });

  test("is not reached with a wrong answer", async () => {
    let isReached = false;
    const server = start({
      async beforeDone() {
        isReached = true;
      },
    });
    for (const text of ["HELLOBACK", "suffix", `${CHECKSUM} v`, `${"0".repeat(64)} v`]) {
      await server.sent();
      server.deliver(`${text}\n`);
    }
    expect((await server.outcome)?.family).toBe("protocol");
    expect(isReached).toBe(false);
  });

  test("finishes while the client sends bytes ahead, and then the client is refused", async () => {
    const work = createWork();
    const server = start({ beforeDone: work.run });
    await answerQuestions(server);
    await work.begun;
    server.deliver("O");
    server.deliver("K\n");
    await Bun.sleep(1);
    expect(server.isClosed()).toBe(false);
    work.end();
    expect(summary(await server.outcome)).toBe(
      "protocol: bytes were sent ahead of DONE; answer one line at a time",
    );
    expect(server.transcript).not.toContain("DONE");
  });

  test("finishes while the client closes, and then the session ends without a FAIL", async () => {
    const work = createWork();
    const server = start({ beforeDone: work.run });
    await answerQuestions(server);
    await work.begun;
    server.hangUp();
    await Bun.sleep(1);
    expect(server.isClosed()).toBe(false);
    work.end();
    expect(summary(await server.outcome)).toBe("transport: the peer closed the connection");
    expect(server.transcript.at(-1)).toBe(`COUNTRY ${ARG}`);
  });

  test("has the timeout of any other step", async () => {
    const server = start({ beforeDone: createWork().run }, { other: 0.05 });
    await answerQuestions(server);
    const message = "the step before DONE took longer than 0.05 s";
    expect(summary(await server.outcome)).toBe(`timeout: ${message}`);
    expect(server.transcript.at(-1)).toBe(`FAIL ${message}`);
  });

  test("finishes while the client is dismissed, and FAIL follows", async () => {
    const work = createWork();
    const server = start({ beforeDone: work.run });
    await answerQuestions(server);
    await work.begun;
    server.channel.interrupt(new Fault("refusedByUs", { reason: "shutting down" }));
    work.end();
    expect(summary(await server.outcome)).toBe("refused: shutting down");
    expect(server.transcript.at(-1)).toBe("FAIL shutting down");
  });
});

test("an event carries the parsed answer, apart from the line", async () => {
  const server = start({});
  for (const text of ["HELLOBACK", "suffix", `${CHECKSUM} Zoë Q`, "no checksum"]) {
    await server.sent();
    server.deliver(`${text}\n`);
  }
  await server.outcome;
  const answers = server.events.filter((event) => event.type === "answered");
  expect(answers.map(({ line, answer }) => [line, answer])).toEqual([
    ["HELLOBACK", undefined],
    ["suffix", undefined],
    [`${CHECKSUM} Zoë Q`, "Zoë Q"],
    ["no checksum", undefined],
  ]);
});
