/**
 * Every rule that a client can break, broken by an independent client in Python: the session is
 * refused, and the same server still serves.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeCredentialsFolder, runPythonClient, startServer } from "../support/peers.ts";
import { REPOSITORY } from "../support/processes.ts";

setDefaultTimeout(120_000);

/** Rules after whose violation the server sends FAIL. */
const REFUSED = [
  ...["wrong-suffix", "hello-word", "lowercase-hello", "leading-space", "trailing-space"],
  ...["client-fail", "empty-line", "crlf", "bom", "pipelining"],
  ...["silent", "drip", "endless", "empty-suffix", "pipelining-at-work", "wrong-checksum"],
  ...["uppercase-checksum", "short-checksum", "no-separator", "no-value", "empty-value"],
  ...["blank-value", "too-long", "control-character", "delete-character", "bad-utf8"],
  ...["surrogate-utf8", "not-ok", "ok-and-more"],
];

/** Rules after whose violation the client gets no FAIL: it has closed, or never shook hands. */
const DROPPED = [
  ...["cleartext", "no-handshake", "close-early", "close-mid-line", "close-at-work"],
  "close-before-ok",
];

/**
 * These break a rule only if the client is faster than the server's next line, and this client
 * cannot tell which of the two was first. Each comes with the outcomes of a client that was slower.
 * A client that is always faster is in `hostile/records.test.ts`.
 */
const RACING: Readonly<Record<string, readonly string[]>> = {
  // HELLOBACK was the answer to HELLO, so the server goes on with WORK, out of turn.
  "before-hello": ["protocol"],
  "pipelining-later": ["ok"],
};

// With 14 bits a suffix that the client changes is not right by chance.
const BITS = ["--bits", "14"];
const credentials = await makeCredentialsFolder();
const server = await startServer(credentials, "mutual", [...BITS, "--other-timeout", "8"]);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  credentials[Symbol.dispose]();
});

describe("a client that breaks the rule", () => {
  for (const rule of REFUSED) {
    test.concurrent(`${rule} is refused with a reason, and the next one is served`, async () => {
      const { outcome, detail, received } = await breakRule(rule);

      expect(outcome).toBe("refused");
      expect(received.at(-1)).toBe(`FAIL ${detail}`);
      expect(detail).toMatch(/^[\x20-\x7e]+$/);
      expect(`FAIL ${detail}`.length).toBeLessThanOrEqual(205);
      await expectGoodSession();
    });
  }

  for (const rule of DROPPED) {
    test.concurrent(`${rule} is dropped, and the next one is served`, async () => {
      const { outcome, received } = await breakRule(rule);

      expect(outcome).toBe("transport");
      expect(received.filter((line) => line.startsWith("FAIL"))).toEqual([]);
      expect(received).not.toContain("OK");
      await expectGoodSession();
    });
  }

  for (const [rule, slower] of Object.entries(RACING)) {
    test.concurrent(`${rule} is refused unless the server's line came first`, async () => {
      const { outcome, received } = await breakRule(rule);

      expect(["refused", ...slower]).toContain(outcome);
      if (outcome === "refused") {
        expect(received.at(-1)).toStartWith("FAIL ");
      }
      await expectGoodSession();
    });
  }
});

test("no rule that the Python client can break is left out", () => {
  const source = readFileSync(join(REPOSITORY, "test/peers/client.py"), "utf8");
  const rules = [...source.matchAll(/^ {4}"([a-z0-9-]+)": Break\(/gm)].map(([, rule]) => rule);

  expect([...REFUSED, ...DROPPED, ...Object.keys(RACING)].sort()).toEqual(rules.map(String).sort());
});

function breakRule(rule: string) {
  const flags = ["--break", rule, "--step-timeout", "10"];
  return runPythonClient(credentials, "mutual", server.port, flags);
}

async function expectGoodSession(): Promise<void> {
  const { outcome } = await runPythonClient(credentials, "mutual", server.port);
  expect(outcome).toBe("ok");
}
