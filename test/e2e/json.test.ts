/**
 * The output of commands with --json, validated against the published schemas by a library that the
 * program does not use.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type AnySchemaObject } from "ajv/dist/2020.js";
import { QUESTIONS_TEMPLATE } from "../../src/intake/questions/questions.ts";
import { clientArgs, HOST, makeCredentialsFolder, startServer } from "../support/peers.ts";
import { type Folder, makeFolder, REPOSITORY, runTlslp } from "../support/processes.ts";
import { ANSWERS, attempt, open, submission } from "../unit/intake/samples.ts";

setDefaultTimeout(120_000);

const ajv = new Ajv2020({
  strict: true,
  // Our schemas use unions of types with null.
  strictTypes: false,
  formats: { "date-time": (text: string) => new Date(text).toISOString() === text },
});

/** Runs a command that prints JSON, and validates the output against its schema. */
async function check(schemaName: string, args: readonly string[], code = 0): Promise<unknown> {
  const ended = await runTlslp(args);
  expect(ended).toMatchObject({ code });
  expect(ended.stdout).toMatch(/^\{.*\}\n$/);
  const result: Record<string, unknown> = JSON.parse(ended.stdout);
  const schema = readSchema(schemaName);
  const isValid = ajv.validate(schema, result);
  expect(ajv.errors ?? []).toEqual([]);
  expect(isValid).toBe(true);
  // The schema describes every key, in the order of the output.
  expect(Object.keys(result)).toEqual(Object.keys(schema["properties"]));
  return result;
}

function readSchema(name: string): AnySchemaObject {
  return JSON.parse(readFileSync(join(REPOSITORY, `docs/schema/${name}.json`), "utf8"));
}

test("solve", async () => {
  const result = await check("solve", ["solve", "token", "12", "--json"]);
  // Not more digits than the clock has.
  expect(`${(result as { seconds: number }).seconds}`).toMatch(/^\d+(\.\d{1,6})?$/);
});

describe("verify", () => {
  test("of a right suffix", async () => {
    const result = await check("verify", ["verify", "a", "AAACR", "9", "--json"]);
    expect(result).toMatchObject({ zero_bits: 9, right: true });
  });

  test("of a wrong one", async () => {
    const result = await check("verify", ["verify", "a", "AAACR", "10", "--json"], 4);
    expect(result).toMatchObject({ zero_bits: 9, right: false });
  });
});

describe("client", () => {
  test("with a server that is satisfied", async () => {
    using credentials = await makeCredentialsFolder();
    await using server = await startServer(credentials, "mutual", ["--bits", "4"]);
    const args = clientArgs(credentials, "mutual", server.port, ["--json"]);
    expect(await check("client", args)).toMatchObject({ outcome: "ok", answered: 8, reason: null });
  });

  test("with no server", async () => {
    const args = ["client", "--insecure", "--host", HOST, "--ports", "1", "--json"];
    expect(await check("client", args, 3)).toMatchObject({ outcome: "transport", port: null });
  });

  test("with a mistake on its command line", async () => {
    const result = await check("client", ["client", "--json", "--threads", "0"], 2);
    expect(result).toMatchObject({ outcome: "usage", host: null });
  });
});

test("conform", async () => {
  using credentials = await makeCredentialsFolder();
  await using server = await startServer(credentials, "mutual", ["--bits", "0"]);
  const { ca, client } = credentials;
  const rules = "server/session,server/wrong-suffix";
  const result = await check(
    "conform",
    [
      ...["conform", "--json", "--server", `${HOST}:${server.port}`, "--only", rules],
      ...["--ca-cert", ca.cert, "--client-cert", client.cert, "--private-key", client.key],
    ],
    3,
  );
  expect(result).toMatchObject({
    ...{ side: "server", holds: 1, broken: 0, unknown: 1 },
    rules: [
      { id: "server/session", verdict: "holds", reason: null },
      {
        id: "server/wrong-suffix",
        verdict: "unknown",
        link: expect.stringMatching(/^https:.*\/docs\/protocol\.md#client-to-server$/),
      },
    ],
  });
});

test("invite --list and revoke", async () => {
  using folder = makeFolder();
  const dir = join(folder.path, "certs");
  const out = join(folder.path, "invitations");
  await runTlslp(["certs", "--dir", dir]);
  await runTlslp(["invite", "Ada", "Bob", "--host", "a.example", "--dir", dir, "--out", out]);
  const revoked = await check("revoke", ["revoke", "Ada", "--dir", dir, "--json"]);
  expect(revoked).toMatchObject({ crl: join(dir, "crl.pem"), entries: 1 });
  expect(await check("invite-list", ["invite", "--list", "--json", "--dir", dir])).toMatchObject({
    certificates: [
      { name: "Ada", revoked: expect.any(String) },
      { name: "Bob", revoked: null },
    ],
  });
});

test("certs", async () => {
  using folder = makeFolder();
  const args = ["certs", "--dir", join(folder.path, "new"), "--hosts", "a.example,::1", "--json"];
  expect(await check("certs", args)).toMatchObject({ hosts: ["a.example", "::1"] });
});

describe("submissions", () => {
  let folder: Folder;
  let store: string;

  beforeAll(async () => {
    folder = makeFolder();
    store = `sqlite:${join(folder.path, "intake.db")}`;
    const opened = await open(store);
    await opened.record({ ...submission(), receipt: "a.b.c" });
    await opened.recordAttempt(attempt());
    await opened.close();
  });

  afterAll(() => folder[Symbol.dispose]());

  test("list and show", async () => {
    const args = ["submissions", "list", "--outcome", "any", "--json", "--store", store];
    const lines = (await runTlslp(args)).stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      const { id } = JSON.parse(line);
      const shown = ["submissions", "show", id, "--json", "--store", store];
      expect(await check("submissions-show", shown)).toEqual(JSON.parse(line));
    }
  });

  test("stats", async () => {
    const args = ["submissions", "stats", "--json", "--store", store];
    expect(await check("submissions-stats", args)).toMatchObject({ total: 2 });
  });

  test("export", async () => {
    const args = ["submissions", "export", "--format", "jsonl", "--store", store];
    expect(await check("submissions-export", args)).toMatchObject(ANSWERS);
  });
});

test("the template of the questions keeps the schema of questions", () => {
  const schema = readSchema("questions");
  expect(ajv.validate(schema, JSON.parse(QUESTIONS_TEMPLATE))).toBe(true);
  for (const wrong of [[], [{}], [{ ask: "AGE" }], [{ ask: "EMAIL1", format: 1 }]]) {
    expect(ajv.validate(schema, wrong)).toBe(false);
  }
});

test("bench", async () => {
  const result = await check("bench", ["bench", "--bits", "4,8", "--runs", "2", "--json"]);
  expect(result).toMatchObject({ rows: [{ n_bits: 4 }, { n_bits: 8 }] });
});

test("bench --kernels", async () => {
  await check("bench-kernels", ["bench", "--kernels", "--threads", "1", "--json"]);
});

test("the schemas reject an object with wrong values", () => {
  const schema = readSchema("verify");
  const right = {
    token: "a",
    suffix: "b",
    bits: 1,
    digest: "0".repeat(64),
    zero_bits: 1,
    right: true,
  };
  const { token: _, ...incomplete } = right;
  expect(ajv.validate(schema, right)).toBe(true);
  for (const wrong of [incomplete, { ...right, bits: 65 }, { ...right, digest: "0" }]) {
    expect(ajv.validate(schema, wrong)).toBe(false);
  }
});
