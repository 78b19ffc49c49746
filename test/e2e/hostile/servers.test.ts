/**
 * Everything that a server can do wrong, over real TLS: our client exits with the code of the right
 * family, reports the mistake on stderr and in its JSON, sends no answer that is not due, and never
 * hangs.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  LINES,
  MOMENTS,
  type Moment,
  PROGRESS,
  prepareClient,
  serveUntil,
} from "../../support/attacked-client.ts";
import { BROKEN_LINES, type Breakages } from "../../support/broken-lines.ts";

setDefaultTimeout(120_000);

const client = await prepareClient();
afterAll(() => client[Symbol.dispose]());

const WORD_RULE = "is not 1 to 128 characters of A-Z a-z 0-9 _ -";
const ORDER = "out of order, expected";

/** The wrong lines in the place of each line, and our client's reason for each. */
const WRONG_LINES: Readonly<Record<Exclude<Moment, "the second request">, Breakages>> = {
  HELLO: {
    "an empty line": [() => "\n", 'unknown keyword ""'],
    "lower case": [() => "hello\n", 'unknown keyword "hello"'],
    "a second word": [() => "HELLO you\n", 'HELLO has 2 words, expected "HELLO"'],
    "a trailing space": [() => "HELLO \n", 'HELLO has 2 words, expected "HELLO"'],
    "a leading space": [() => " HELLO\n", 'unknown keyword ""'],
    "a byte-order mark": [() => "\ufeffHELLO\n", String.raw`unknown keyword "\u{feff}HELLO"`],
    "an escape sequence of one character": [
      () => "\u009b2J\n",
      String.raw`unknown keyword "\u{9b}2J"`,
    ],
    "the answer to it": [() => "HELLOBACK\n", 'unknown keyword "HELLOBACK"'],
    "another protocol": [() => "220 mail ESMTP\n", 'unknown keyword "220"'],
    "FAIL in lower case": [() => "fail no\n", 'unknown keyword "fail"'],
    "FAIL without its space": [() => "FAIL: no\n", 'unknown keyword "FAIL:"'],
    WORK: [() => "WORK a-token 4\n", `WORK is ${ORDER} HELLO`],
    "a request": [() => "EMAIL1 arg\n", `a request is ${ORDER} HELLO`],
    DONE: [() => "DONE\n", `DONE is ${ORDER} HELLO`],
    "WORK with it": [() => "HELLO\nWORK a-token 4\n", "WORK was sent before our answer"],
    "everything with it": [
      () => `${Object.values(LINES).join("\n")}\n`,
      "WORK was sent before our answer",
    ],
  },
  WORK: {
    HELLO: [() => "HELLO\n", `HELLO is ${ORDER} WORK`],
    "a request": [() => "EMAIL1 arg\n", `a request is ${ORDER} WORK`],
    DONE: [() => "DONE\n", `DONE is ${ORDER} WORK`],
    "no words": [() => "WORK\n", 'WORK has 1 word, expected "WORK <token> <n_bits>"'],
    "no bits": [() => "WORK a-token\n", 'WORK has 2 words, expected "WORK <token> <n_bits>"'],
    "two spaces": [() => "WORK  a-token 4\n", 'WORK has 4 words, expected "WORK <token> <n_bits>"'],
    "a fourth word": [() => "WORK a b 4\n", 'WORK has 4 words, expected "WORK <token> <n_bits>"'],
    "an empty token": [() => "WORK  4\n", `the token "" ${WORD_RULE}`],
    "a token of 129 characters": [
      () => `WORK ${"t".repeat(129)} 4\n`,
      `the token "${"t".repeat(40)}…" ${WORD_RULE}`,
    ],
    "a token of other characters": [() => "WORK t=t 4\n", `the token "t=t" ${WORD_RULE}`],
    "a token of other letters": [() => "WORK tökén 4\n", `the token "tökén" ${WORD_RULE}`],
    "65 bits": [() => "WORK t 65\n", 'n_bits "65" is not a number from 0 to 64'],
    "bits with a sign": [() => "WORK t +1\n", 'n_bits "+1" is not a number from 0 to 64'],
    "negative bits": [() => "WORK t -1\n", 'n_bits "-1" is not a number from 0 to 64'],
    "bits with a leading zero": [() => "WORK t 065\n", 'n_bits "065" is not a number from 0 to 64'],
    "bits of two zeros": [() => "WORK t 00\n", 'n_bits "00" is not a number from 0 to 64'],
    "bits with an exponent": [() => "WORK t 1e1\n", 'n_bits "1e1" is not a number from 0 to 64'],
    "bits with a fraction": [() => "WORK t 4.0\n", 'n_bits "4.0" is not a number from 0 to 64'],
    "hexadecimal bits": [() => "WORK t 0x4\n", 'n_bits "0x4" is not a number from 0 to 64'],
    "bits in other digits": [() => "WORK t ４\n", 'n_bits "４" is not a number from 0 to 64'],
    "empty bits": [() => "WORK t \n", 'n_bits "" is not a number from 0 to 64'],
    "bits without end": [
      () => `WORK t ${"9".repeat(900)}\n`,
      `n_bits "${"9".repeat(40)}…" is not a number from 0 to 64`,
    ],
  },
  "the first request": {
    HELLO: [() => "HELLO\n", `HELLO is ${ORDER} a request or DONE`],
    WORK: [() => "WORK a-token 4\n", `WORK is ${ORDER} a request or DONE`],
    "an unknown request": [() => "SHOE_SIZE arg\n", 'unknown keyword "SHOE_SIZE"'],
    "a request in lower case": [() => "full_name arg\n", 'unknown keyword "full_name"'],
    "a name that every object has": [() => "constructor arg\n", 'unknown keyword "constructor"'],
    "no arg": [() => "FULL_NAME\n", 'FULL_NAME has 1 word, expected "FULL_NAME <arg>"'],
    "an empty arg": [() => "FULL_NAME \n", `the arg "" ${WORD_RULE}`],
    "two args": [() => "FULL_NAME a b\n", 'FULL_NAME has 3 words, expected "FULL_NAME <arg>"'],
    "an arg of 129 characters": [
      () => `FULL_NAME ${"a".repeat(129)}\n`,
      `the arg "${"a".repeat(40)}…" ${WORD_RULE}`,
    ],
    "an arg of other characters": [() => "FULL_NAME a.b\n", `the arg "a.b" ${WORD_RULE}`],
    "the next one with it": [() => "EMAIL1 a\nEMAIL2 a\n", "EMAIL2 was sent before our answer"],
  },
  DONE: {
    HELLO: [() => "HELLO\n", `HELLO is ${ORDER} a request or DONE`],
    "a second word": [() => "DONE now\n", 'DONE has 2 words, expected "DONE"'],
    "a second DONE with it": [() => "DONE\nDONE\n", "DONE was sent before our answer"],
    "a request with it": [() => "DONE\nEMAIL1 a\n", "EMAIL1 was sent before our answer"],
  },
};

describe("a server that says", () => {
  for (const [moment, breakages] of Object.entries(WRONG_LINES) as [Moment, Breakages][]) {
    for (const [what, [breakLine, reason]] of Object.entries(breakages)) {
      test.concurrent(`${what} in place of ${moment} ends our client with exit 4`, () =>
        expectProtocolError(moment, breakLine(LINES[moment]), reason));
    }
  }

  // Each kind in the place of one line; the fuzzer tries them in all places.
  for (const [index, [what, [breakLine, reason]]] of Object.entries(BROKEN_LINES).entries()) {
    const moment = MOMENTS[index % MOMENTS.length] ?? "HELLO";
    test.concurrent(`${moment} with ${what} ends our client with exit 4`, () =>
      expectProtocolError(moment, breakLine(LINES[moment]), reason));
  }

  for (const [when, lines] of Object.entries({
    "right after WORK": ["WORK a-token 64\nWORK a-token 64\n"],
    "during the search": ["WORK a-token 64\n", "WORK a-token 64\n"],
  })) {
    test.concurrent(`WORK again ${when} ends our client with exit 4`, async () => {
      const { code, json } = await client.runAgainst(async (peer) => {
        await serveUntil(peer, "WORK");
        for (const line of lines) {
          await peer.send(line);
        }
        await peer.receiveAll();
      });

      expect(code).toBe(4);
      expect(json).toMatchObject({ bits: 64, attempts: expect.any(Number), answered: 0 });
      expect(json.reason).toBe("WORK was sent before the suffix");
    });
  }

  test.concurrent("more bits than --max-bits ends our client with exit 4, unworked", async () => {
    let answers: readonly string[] = [];
    const { code, json } = await client.runAgainst(
      async (peer) => {
        await serveUntil(peer, "WORK");
        await peer.send("WORK a-token 13\n");
        answers = await peer.receiveAll();
      },
      ["--max-bits", "12"],
    );

    expect(code).toBe(4);
    expect(json).toMatchObject({ outcome: "protocol", bits: 13, attempts: null, answered: 0 });
    expect(json.reason).toBe("WORK asks for 13 bits, more than the 12 allowed");
    expect(answers).toEqual([]);
  });

  test.concurrent("bytes after its DONE and our OK are ignored", async () => {
    const { code, json } = await client.runAgainst(async (peer) => {
      await serveUntil(peer, "the end");
      await peer.send("DONE\n\0\xff FAIL too late\n");
    });

    expect(code).toBe(0);
    expect(json).toMatchObject({ outcome: "ok", exit_code: 0, answered: 2, reason: null });
  });
});

async function expectProtocolError(
  moment: Moment,
  said: string | Uint8Array,
  reason: string,
): Promise<void> {
  let answers: readonly string[] = ["not asked yet"];

  const { code, json, stderr, port } = await client.runAgainst(async (peer) => {
    await serveUntil(peer, moment);
    await peer.send(said);
    answers = await peer.receiveAll();
  });

  expect(json).toMatchObject({
    ...PROGRESS[moment],
    ...{ outcome: "protocol", exit_code: 4, reason, host: "127.0.0.1", port },
    ...{ tls_version: "TLSv1.3", tls_cipher: expect.stringContaining("TLS_") },
  });
  expect(Object.keys(json)).toHaveLength(11);
  expect(stderr).toContain(`tlslp: error: ${reason}\n`);
  expect(code).toBe(4);
  expect(answers).toEqual([]);
}
