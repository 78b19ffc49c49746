/**
 * A server of the library that keeps answers, and clients that come to it.
 */
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Answers, SAMPLE_ANSWERS } from "../../../src/client/answers.ts";
import { runClient } from "../../../src/client/run-client.ts";
import type { Entry } from "../../../src/intake/entry.ts";
import { makeReceiptKeys, verifyReceipt } from "../../../src/intake/receipts.ts";
import { type CreateServerOptions, createServer } from "../../../src/server/create-server.ts";
import type { ServerEvent } from "../../../src/server/events.ts";
import { makeCredentials } from "../../support/certificates.ts";
import { rejectionOf, summary } from "../../support/faults.ts";
import { makeFolder } from "../../support/processes.ts";
import { all, open } from "../intake/samples.ts";

const { authority, server: identity, client } = await makeCredentials();
const trust = { authorities: authority.cert };

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());
let places = 0;

/** An empty folder, and the URL of a store in it. */
function newPlace() {
  places += 1;
  const path = join(folder.path, String(places));
  mkdirSync(path);
  return { path, url: `sqlite:${join(path, "intake.db")}` };
}

async function serve(options: Partial<CreateServerOptions>) {
  const events: ServerEvent[] = [];
  const server = await createServer({
    bits: 0,
    identity,
    trust,
    observe: (event) => void events.push(event),
    ...options,
  });
  return { ...server, events, health: () => server.health };
}

/** The fault that a client ends with; undefined if it passed. */
async function answer(port: number, changes: Partial<Answers> = {}) {
  const answers = { ...SAMPLE_ANSWERS, ...changes };
  const { fault } = await runClient({ ports: [port], identity: client, trust, answers });
  return fault?.message;
}

async function entriesOf(url: string): Promise<readonly Entry[]> {
  const store = await open(url, { create: false });
  const entries = await all(store);
  await store.close();
  return entries;
}

const refusal = (reason: string) => `the server refused: ${reason}`;

describe("a server with a store", () => {
  test("keeps all answers before DONE, and that the client said OK", async () => {
    const { url } = newPlace();
    const server = await serve({ store: url, bits: 4 });
    expect(await answer(server.port, { FULL_NAME: "=Zoë  Q\u202e" })).toBeUndefined();
    await server.drain(10);
    const [entry, ...others] = await entriesOf(url);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      outcome: "complete",
      isAcknowledged: true,
      participant: "test client",
      subject: "CN=test client",
      fingerprint: expect.stringMatching(/^sha256\//),
      address: expect.stringMatching(/:\d+$/),
      bits: 4,
      answers: { ...SAMPLE_ANSWERS, FULL_NAME: "=Zoë  Q\u202e" },
    });
    expect(entry?.workSeconds).toBeGreaterThan(0);
    expect(server.store).toBe(url);
    expect(server.events.at(-1)).toMatchObject({
      type: "session finished",
      submission: { id: entry?.id },
    });
  });

  test("keeps the last answer where a request is repeated", async () => {
    const { url } = newPlace();
    const server = await serve({ store: url, requests: ["COUNTRY", "EMAIL1", "COUNTRY"] });
    await answer(server.port);
    await server.drain(10);
    const { COUNTRY, EMAIL1 } = SAMPLE_ANSWERS;
    expect((await entriesOf(url))[0]?.answers).toEqual({ COUNTRY, EMAIL1 });
  });

  test("notes a session that ended early, without its answers", async () => {
    const { url } = newPlace();
    const server = await serve({ store: url, questions: [{ ask: "EMAIL1", maxLength: 3 }] });
    const fault = await answer(server.port);
    expect(fault).toBe(refusal("EMAIL1: must have 3 characters at most"));
    await server.drain(10);
    const [entry] = await entriesOf(url);
    expect(entry).toMatchObject({ outcome: "invalid", step: "EMAIL1", answers: null });
    expect(JSON.stringify(entry)).not.toContain(SAMPLE_ANSWERS.EMAIL1);
  });

  test("never sends DONE while the store fails, says so, and recovers", async () => {
    const { path, url } = newPlace();
    const server = await serve({ store: url });
    renameSync(join(path, "intake.db"), join(path, "away"));
    expect(await answer(server.port)).toBe(
      refusal("the answers could not be kept, try again later"),
    );
    expect(server.health().isOk).toBe(false);
    renameSync(join(path, "away"), join(path, "intake.db"));
    while (!server.health().isOk) {
      await Bun.sleep(20);
    }
    expect(await answer(server.port)).toBeUndefined();
    await server.drain(10);
    const types = server.events.map(({ type }) => type);
    expect(types.filter((type) => type === "store failing")).toHaveLength(1);
    expect(types).toContain("store recovered");
  });

  test("lets a participant answer as often as there are passes, races included", async () => {
    const { url } = newPlace();
    const server = await serve({ store: url, passes: 2 });
    const faults = await Promise.all(Array.from({ length: 5 }, () => answer(server.port)));
    const already = refusal("you have answered already");
    expect(faults.toSorted()).toEqual([already, already, already, undefined, undefined]);
    expect(await answer(server.port)).toBe(already);
    await server.drain(10);
  });

  test("signs receipts, and runs a command for each submission", async () => {
    const { path, url } = newPlace();
    const { privateKey, publicKey } = makeReceiptKeys();
    writeFileSync(join(path, "key.pem"), privateKey, { mode: 0o600 });
    writeFileSync(join(path, "pub.pem"), publicKey);
    writeFileSync(join(path, "on-pass"), `#!/bin/sh\ncat >"${path}/got"\n`);
    chmodSync(join(path, "on-pass"), 0o755);
    const server = await serve({
      store: url,
      receipts: join(path, "key.pem"),
      onPass: join(path, "on-pass"),
    });
    await answer(server.port);
    await server.drain(10);
    const [entry] = await entriesOf(url);
    const { jti, sub } = await verifyReceipt(entry?.receipt ?? "", join(path, "pub.pem"));
    expect([jti, sub]).toEqual([entry?.id ?? "", entry?.fingerprint ?? ""]);
    expect(JSON.parse(readFileSync(join(path, "got"), "utf8"))).toMatchObject({ id: jti });
  });
});

describe("a server without a store", () => {
  test("checks answers, and says that it forgets them", async () => {
    const server = await serve({ check: true });
    expect(await answer(server.port, { COUNTRY: "Ruritania" })).toStartWith(
      "the server refused: COUNTRY: must be a country",
    );
    expect(await answer(server.port, { COUNTRY: "DE" })).toBeUndefined();
    await server.drain(10);
    expect(server.store).toBeUndefined();
    expect(server.health()).toEqual({ isOk: true });
  });

  test("is open between two times", async () => {
    const early = await serve({ open: "2999-01-01T00:00:00Z" });
    expect(await answer(early.port)).toBe(refusal("not open before 2999-01-01T00:00:00Z"));
    await early.drain(10);
    const late = await serve({ close: "2020-01-01T00:00:00Z" });
    expect(await answer(late.port)).toBe(refusal("closed since 2020-01-01T00:00:00Z"));
    await late.drain(10);
  });
});

describe("options that cannot be together", () => {
  const wrong: Readonly<Record<string, [Partial<CreateServerOptions>, string]>> = {
    "passes without a store": [{ passes: 1 }, "passes needs a store of answers, and store is none"],
    "receipts without a store": [
      { receipts: "key.pem" },
      "receipts needs a store of answers, and store is none",
    ],
    "a command without a store": [
      { onPass: "/bin/true", store: "none" },
      "onPass needs a store of answers, and store is none",
    ],
    "erasing without a store": [
      { retain: 1 },
      "retain needs a store of answers, and store is none",
    ],
    "passes without certificates": [
      { passes: 1, store: "sqlite:x", trust: "anybody" },
      'passes and trust "anybody" exclude each other: trust "anybody" does without certificates',
    ],
    "questions twice": [
      { check: true, questions: [{ ask: "EMAIL1" }] },
      "check and questions exclude each other",
    ],
    "a limit without a command": [{ onPassLimit: 2 }, "onPassLimit needs onPass"],
    "an unknown store": [
      { store: "mysql://db" },
      'store: "mysql://db" is not sqlite:PATH, postgres://USER@HOST/DATABASE or none',
    ],
    "no pass": [{ passes: 0 }, 'passes: "0" is not a whole number from 1 to 1000000'],
    "a close before the open": [
      { open: "2020-01-02T00:00:00Z", close: "2020-01-01T00:00:00Z" },
      "close 2020-01-01T00:00:00Z is not after open 2020-01-02T00:00:00Z",
    ],
  };
  for (const [name, [options, message]] of Object.entries(wrong)) {
    test(name, async () => {
      const fault = await rejectionOf(createServer({ identity, trust, ...options }));
      expect(summary(fault)).toBe(`usage: ${message}`);
    });
  }

  test("a question that is wrong is named", async () => {
    const fault = await rejectionOf(
      createServer({ identity, trust, questions: [{ ask: "EMAIL1", maxLength: 0 }] }),
    );
    expect(fault.message).toContain("maxLength must be a whole number from 1 to");
  });
});
