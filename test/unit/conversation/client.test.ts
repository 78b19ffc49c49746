import { describe, expect, test } from "bun:test";
import { SAMPLE_ANSWERS } from "../../../src/client/answers.ts";
import { type ClientOptions, holdClientConversation } from "../../../src/conversation/client.ts";
import { Fault } from "../../../src/fault/fault.ts";
import { summary } from "../../support/faults.ts";
import { createMemoryChannel } from "../../support/memory-channel.ts";

// From the protocol's table of check values.
const TOKEN = "gkcjcibIFynKssuJnJpSrgvawiVjLjEbdFuYQzuWROTeTaSmqFCAzuwkwLCRgIIq";
const CHECKSUM = "28295607f05351eb24707046f3fa046e8a7afdabb32e6f0fba3de596cbf7c27b";
const WORK = `WORK ${TOKEN} 19`;
const SUFFIX = "ABZLU";

/** Starts a client's conversation; the test is the server. */
function start({ stuckAfter, ...options }: Partial<ClientOptions> & { stuckAfter?: number } = {}) {
  const memory = createMemoryChannel({ stuckAfter });
  const report = holdClientConversation(memory.channel, {
    answers: SAMPLE_ANSWERS,
    maxBits: 64,
    search: async () => SUFFIX,
    timeouts: { work: 60, other: 60 },
    ...options,
  });
  return { ...memory, report };
}

type Client = ReturnType<typeof start>;

/** Sends each line and waits for its answer. */
async function say(client: Client, ...lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    client.deliver(`${line}\n`);
    await client.sent();
  }
}

/** Creates a search that ends only when it is aborted. */
function endlessSearch() {
  const begun = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  const search: ClientOptions["search"] = (_token, _bits, signal) => {
    begun.resolve();
    const { promise, reject } = Promise.withResolvers<string>();
    signal.addEventListener("abort", () => {
      stopped.resolve();
      reject(signal.reason);
    });
    return promise;
  };
  return { search, begun: begun.promise, stopped: stopped.promise };
}

test("half a line counts as input from the server", async () => {
  for (const [said, hasReceived] of [
    ["", false],
    ["HEL", true],
  ] as const) {
    const client = start();
    client.deliver(said);
    client.hangUp();
    expect(await client.report).toMatchObject({ hasReceived, fault: { family: "transport" } });
  }
});

test("the whole conversation follows the diagram", async () => {
  const client = start();
  await say(client, "HELLO", WORK, "EMAIL1 LGTk", "COUNTRY LGTk", "EMAIL1 LGTk", "DONE");
  expect(await client.report).toEqual({
    bits: 19,
    answered: 3,
    hasReceived: true,
  });
  expect(client.transcript).toEqual([
    "HELLOBACK",
    "ABZLU",
    `${CHECKSUM} ${SAMPLE_ANSWERS.EMAIL1}`,
    `${CHECKSUM} ${SAMPLE_ANSWERS.COUNTRY}`,
    `${CHECKSUM} ${SAMPLE_ANSWERS.EMAIL1}`,
    "OK",
  ]);
  expect(client.isClosed()).toBe(true);
});

test("a server may ask nothing", async () => {
  const client = start();
  await say(client, "HELLO", WORK, "DONE");
  expect((await client.report).fault).toBeUndefined();
});

describe("out of order", () => {
  const cases: readonly (readonly string[])[] = [
    ["WORK t 1"],
    ["EMAIL1 a"],
    ["DONE"],
    ["HELLO", "HELLO"],
    ["HELLO", "DONE"],
    ["HELLO", "EMAIL1 a"],
    ["HELLO", WORK, WORK],
    ["HELLO", WORK, "HELLO"],
    ["HELLO", WORK, "EMAIL1 a", WORK],
  ];
  for (const lines of cases) {
    test(`${lines.join(", ").replaceAll(TOKEN, "t")} is a protocol error`, async () => {
      const client = start();
      await say(client, ...lines.slice(0, -1));
      client.deliver(`${lines.at(-1)}\n`);
      expect((await client.report).fault?.family).toBe("protocol");
      expect(client.transcript).toHaveLength(lines.length - 1);
    });
  }
});

describe("FAIL", () => {
  const stages = {
    start: [],
    HELLO: ["HELLO"],
    WORK: ["HELLO", WORK],
    request: ["HELLO", WORK, "EMAIL1 a"],
  };
  for (const [stage, lines] of Object.entries(stages)) {
    test(`after ${stage} is a refusal with the server's reason`, async () => {
      const client = start();
      await say(client, ...lines);
      client.deliver("FAIL no more\n");
      const { fault } = await client.report;
      expect(summary(fault)).toBe("refused: the server refused: no more");
      expect(client.transcript.join()).not.toContain("FAIL");
    });
  }

  test("in the middle of the search stops the search", async () => {
    const { search, begun, stopped } = endlessSearch();
    const client = start({ search });
    await say(client, "HELLO");
    client.deliver(`${WORK}\n`);
    await begun;
    client.deliver("FA");
    client.deliver("IL enough\n");
    await stopped;
    expect(summary((await client.report).fault)).toBe("refused: the server refused: enough");
  });

  test("in the moment when the search ends is not lost", async () => {
    // Which of the two comes first depends on the turns that the search takes.
    for (let turns = 0; turns < 12; turns += 1) {
      const search = async () => {
        for (let turn = 0; turn < turns; turn += 1) {
          await null;
        }
        return SUFFIX;
      };
      const client = start({ search });
      await say(client, "HELLO");
      client.deliver(`${WORK}\nFAIL enough\n`);
      expect(summary((await client.report).fault)).toBe("refused: the server refused: enough");
      expect(client.transcript).not.toContain(SUFFIX);
    }
  });

  test("right after another line comes before our answer", async () => {
    const client = start();
    client.deliver("HELLO\nFAIL busy\n");
    expect((await client.report).fault?.family).toBe("refused");
    expect(client.transcript).toEqual([]);
  });

  test("that arrives in pieces around an answer is still a refusal", async () => {
    const client = start();
    client.deliver("HELLO\nFAI");
    await client.sent();
    client.deliver("L late\n");
    expect((await client.report).fault?.family).toBe("refused");
  });

  test("that arrives in pieces after DONE is a refusal too", async () => {
    const client = start();
    await say(client, "HELLO", WORK);
    client.deliver("DONE\nFAI");
    await Bun.sleep(0);
    client.deliver("L late\n");
    expect(summary((await client.report).fault)).toBe("refused: the server refused: late");
    expect(client.transcript).not.toContain("OK");
  });

  test("may have no reason, or one with control characters for a terminal", async () => {
    const silent = start();
    silent.deliver("FAIL\n");
    expect((await silent.report).fault?.message).toBe("the server refused without a reason");
    const hostile = start();
    hostile.deliver("FAIL \u009b31m\n");
    expect((await hostile.report).fault?.message).toBe("the server refused: \\u{9b}31m");
  });
});

describe("the server must not send", () => {
  test("two lines at once", async () => {
    const client = start();
    client.deliver(`HELLO\n${WORK}\n`);
    expect(summary((await client.report).fault)).toBe("protocol: WORK was sent before our answer");
  });

  test("the beginning of a line before our answer", async () => {
    const client = start();
    client.deliver("HELLO\nWORK ");
    await client.sent();
    client.deliver(`${TOKEN} 19\n`);
    expect(summary((await client.report).fault)).toBe(
      "protocol: WORK was sent before our last answer",
    );
  });

  for (const [rest, message] of [
    ["LLO\n", "protocol: HELLO was sent before our answer"],
    [undefined, "transport: the peer closed the connection"],
  ] as const) {
    test(`the beginning of a line after DONE, then ${rest?.trim() ?? "a close"}`, async () => {
      const client = start();
      await say(client, "HELLO", WORK);
      client.deliver("DONE\nHE");
      await Bun.sleep(0);
      if (rest === undefined) {
        client.hangUp();
      } else {
        client.deliver(rest);
      }
      expect(summary((await client.report).fault)).toBe(message);
      expect(client.transcript).not.toContain("OK");
    });
  }

  test("anything but FAIL during the search", async () => {
    const { search, begun, stopped } = endlessSearch();
    const client = start({ search });
    await say(client, "HELLO");
    client.deliver(`${WORK}\n`);
    await begun;
    client.deliver("DONE\n");
    await stopped;
    expect((await client.report).fault?.family).toBe("protocol");
  });
});

describe("a close", () => {
  test("where a line is due is a transport fault", async () => {
    const client = start();
    await say(client, "HELLO");
    client.hangUp();
    expect((await client.report).fault?.family).toBe("transport");
  });

  test("during the search stops the search", async () => {
    const { search, begun, stopped } = endlessSearch();
    const client = start({ search });
    await say(client, "HELLO");
    client.deliver(`${WORK}\n`);
    await begun;
    client.hangUp();
    await stopped;
    expect((await client.report).fault?.family).toBe("transport");
  });
});

describe("a deadline", () => {
  test("for the rest of a line that begins after DONE passes", async () => {
    const client = start({ timeouts: { work: 60, other: 0.05 } });
    await say(client, "HELLO", WORK);
    client.deliver("DONE\nFAI");
    expect((await client.report).fault?.family).toBe("timeout");
  });

  test("for the server's next line passes", async () => {
    const client = start({ timeouts: { work: 60, other: 0.02 } });
    expect(summary((await client.report).fault)).toBe(
      "timeout: the server's HELLO took longer than 0.02 s",
    );
  });

  test("for the work passes and stops the search", async () => {
    const { search, stopped } = endlessSearch();
    const client = start({ search, timeouts: { work: 0.02, other: 60 } });
    await say(client, "HELLO");
    client.deliver(`${WORK}\n`);
    await stopped;
    expect((await client.report).fault?.family).toBe("timeout");
  });
});

test("sending the suffix has only the time that the search left", async () => {
  const client = start({
    timeouts: { work: 0.05, other: 60 },
    stuckAfter: 1,
  });
  await say(client, "HELLO");
  client.deliver(`${WORK}\n`);
  expect((await client.report).fault?.family).toBe("timeout");
});

test("work of more bits than allowed is refused before the search begins", async () => {
  let searched = false;
  const client = start({
    maxBits: 18,
    search: async () => {
      searched = true;
      return SUFFIX;
    },
  });
  await say(client, "HELLO");
  client.deliver(`${WORK}\n`);
  const report = await client.report;
  expect(summary(report.fault)).toBe("protocol: WORK asks for 19 bits, more than the 18 allowed");
  expect(report.bits).toBe(19);
  expect(searched).toBe(false);
});

test("a search that fails ends the conversation with its fault", async () => {
  const client = start({
    search: () => Promise.reject(new Fault("unexpected", { message: "no threads" })),
  });
  await say(client, "HELLO");
  client.deliver(`${WORK}\n`);
  expect(summary((await client.report).fault)).toBe("internal: no threads");
});

test("an interruption ends the conversation and the search", async () => {
  const interruption = new AbortController();
  const { search, begun, stopped } = endlessSearch();
  const client = start({ search, signal: interruption.signal });
  await say(client, "HELLO");
  client.deliver(`${WORK}\n`);
  await begun;
  interruption.abort(new Fault("unexpected", { message: "interrupted" }));
  await stopped;
  expect((await client.report).fault?.message).toBe("interrupted");
});

test("the outcome counts the answers", async () => {
  const client = start();
  await say(client, "HELLO", WORK, "EMAIL1 a");
  client.hangUp();
  expect(await client.report).toMatchObject({ bits: 19, answered: 1 });
});
