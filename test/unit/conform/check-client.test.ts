/**
 * The verdicts on clients that answer wrongly, or end wrongly.
 */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { type ClientTarget, tryClientRule } from "../../../src/conform/check-client.ts";
import { CLIENT_RULES } from "../../../src/conform/client-rules.ts";
import { withCredentials } from "../../../src/conform/credentials-folder.ts";
import { HOLDS, type Verdict } from "../../../src/conform/rule.ts";

setDefaultTimeout(120_000);

/** A client that answers with its arguments, whatever it is asked, and then does its last words. */
const CLIENT = `
  const [port, end, ...answers] = process.argv.slice(1);
  const tls = require("node:tls").connect({ port: Number(port), host: "127.0.0.1", rejectUnauthorized: false });
  let open = 0;
  tls.on("data", (bytes) => {
    for (const byte of bytes) {
      if (byte === 10 && open < answers.length) tls.write(answers[open++]);
    }
    if (open === answers.length) tls.end();
  });
  tls.on("error", () => undefined);
  tls.on("close", () => end === "crash" ? process.kill(process.pid, "SIGKILL") : process.exit(Number(end)));
`;

const RIGHT = ["HELLOBACK\n", "311\n", "OK\n"];

const stop = new AbortController();
afterAll(() => stop.abort());

/** Tries a rule on a client with these answers, which exits with this code or crashes. */
async function verdictOn(
  id: string,
  end: number | "crash",
  answers: readonly string[],
): Promise<Verdict> {
  const rule = CLIENT_RULES.find((each) => each.id === id);
  if (rule === undefined) {
    throw new Error(`there is no rule ${id}`);
  }
  let verdict: Verdict | undefined;
  await withCredentials(async (credentials) => {
    const target: ClientTarget = {
      ...credentials,
      command: [process.execPath, "-e", CLIENT, "{port}", `${end}`, ...answers],
      seconds: 20,
      signal: stop.signal,
    };
    verdict = await tryClientRule(rule, target);
  });
  if (verdict === undefined) {
    throw new Error("there is no verdict");
  }
  return verdict;
}

test("right answers and exit code 0 hold", async () => {
  expect(await verdictOn("client/no-requests", 0, RIGHT)).toEqual(HOLDS);
});

const WRONG: Readonly<
  Record<string, readonly [answers: readonly string[], seen: string, due: string]>
> = {
  "another word": [["HELLO\n"], 'expected HELLOBACK, got "HELLO"', 'the answer to "HELLO"'],
  "a wrong suffix": [
    ["HELLOBACK\n", "312\n"],
    "SHA256(token + suffix) does not end with 8 zero bits",
    'the answer to "WORK a-token_1 8"',
  ],
  "a carriage return": [
    ["HELLOBACK\r\n"],
    "bytes that break the protocol: line holds a carriage return (U+000D); lines end with a line feed alone",
    'the answer to "HELLO"',
  ],
  "an answer too many": [["HELLOBACK\n0\n"], 'more after the answer to "HELLO"', "one line"],
  "no last answer": [RIGHT.slice(0, 2), "a close", 'the answer to "DONE"'],
};

for (const [what, [answers, seen, due]] of Object.entries(WRONG)) {
  test(`${what} breaks the rule`, async () => {
    const verdict = await verdictOn("client/no-requests", 0, answers);
    expect(verdict).toEqual({ verdict: "broken", seen, due });
  });
}

test("another exit code after right answers breaks the rule", async () => {
  const verdict = await verdictOn("client/no-requests", 1, RIGHT);
  expect(verdict).toEqual({ verdict: "broken", seen: "exit code 1", due: "exit code 0" });
});

test("a client that gives up holds", async () => {
  expect(await verdictOn("client/close-at-hello", 3, [])).toEqual(HOLDS);
});

test("a client that crashes, or takes a close for success, breaks the rule", async () => {
  const due = "an exit code other than 0";
  expect(await verdictOn("client/close-at-hello", "crash", [])).toEqual({
    ...{ verdict: "broken", due },
    seen: "it was ended by SIGKILL",
  });
  expect(await verdictOn("client/close-at-hello", 0, [])).toEqual({
    ...{ verdict: "broken", due },
    seen: "exit code 0",
  });
});

test("a client that answers FAIL with FAIL breaks the rule", async () => {
  expect(await verdictOn("client/fail-first", 6, ["FAIL too\n"])).toEqual({
    verdict: "broken",
    seen: '"FAIL too"',
    due: "a close without another line",
  });
});

test("a client that leaves before the rule is tried is no verdict on the rule", async () => {
  const trying = verdictOn("client/work-twice", 3, ["HELLOBACK\n"]);
  await expect(trying).rejects.toThrow("before that came a close");
});
