/**
 * Refusals of the operating system, made by test/support/fault-injection.c: a file system that
 * cannot sync, a disk that fails at the last step, and no more threads.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientArgs, makeCredentialsFolder, startServer } from "../support/peers.ts";
import { makeFolder, REPOSITORY, run, runTlslp } from "../support/processes.ts";

setDefaultTimeout(120_000);

const tools = makeFolder();
afterAll(() => tools[Symbol.dispose]());
const library = join(tools.path, "faults.so");
const compiler = Bun.which("cc");
if (compiler === null) {
  process.stderr.write("skipped: a system that refuses, because there is no C compiler\n");
} else {
  const source = join(REPOSITORY, "test/support/fault-injection.c");
  await run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"]);
}
const on = join(tools.path, "on");
writeFileSync(on, "");

/** Returns an environment in which the system refuses this. */
const refusing = (fault: string) => ({ LD_PRELOAD: library, [`FAULT_${fault}`]: on });

const contents = (folder: string) =>
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);

describe.skipIf(compiler === null)("the certificates", () => {
  // libgit2#5356
  test("are made where the file system cannot sync", async () => {
    using work = makeFolder();
    const env = refusing("NOSYNC");

    const { code, stderr } = await runTlslp(["certs"], { cwd: work.path, env });

    expect([code, stderr]).toEqual([0, ""]);
    expect(readdirSync(join(work.path, "certs"))).toHaveLength(8);
  });

  test("of people who are invited at once get files of their own without hard links", async () => {
    using work = makeFolder();
    const cwd = work.path;
    await runTlslp(["certs"], { cwd });
    const env = refusing("NOLINK");
    const args = ["invite", "Alice", "Alice", "Alice", "--host", "localhost"];

    const ended = await Promise.all([1, 2, 3, 4, 5, 6].map(() => runTlslp(args, { cwd, env })));

    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(ended.map(() => [0, ""]));
    expect(readdirSync(join(cwd, "invitations"))).toHaveLength(18);
  });

  test("leave no file when the disk fails", async () => {
    using work = makeFolder();
    const env = refusing("DISK");

    const { code, stderr } = await runTlslp(["certs"], { cwd: work.path, env });

    expect([code, stderr]).toEqual([
      1,
      "tlslp: error: cannot write to certs: the disk has an error\n",
    ]);
    expect(readdirSync(work.path)).toEqual([]);
  });

  test("are the old files again when the disk fails while they are replaced", async () => {
    using work = makeFolder();
    const folder = join(work.path, "certs");
    await runTlslp(["certs"], { cwd: work.path });
    const before = contents(folder);
    const env = refusing("DISK");

    const { code } = await runTlslp(["certs", "--force"], { cwd: work.path, env });

    expect(code).toBe(1);
    expect(contents(folder)).toEqual(before);
  });
});

describe.skipIf(compiler === null)("a journal that the disk does not keep", () => {
  test("has no line of a person who got no invitation, nor of one who was not revoked", async () => {
    using work = makeFolder();
    const cwd = work.path;
    await runTlslp(["certs"], { cwd });
    await runTlslp(["invite", "Ann"], { cwd });
    const journal = join(cwd, "certs", "issued.jsonl");
    const before = readFileSync(journal, "utf8");

    for (const args of [
      ["invite", "Bob"],
      ["revoke", "Ann"],
    ]) {
      const { code } = await runTlslp(args, { cwd, env: refusing("DISK") });
      expect([code, readFileSync(journal, "utf8")]).toEqual([1, before]);
    }
    expect(readdirSync(join(cwd, "invitations"))).toEqual(["ann.tlslp"]);
  });
});

// OpenBLAS#1668
describe.skipIf(compiler === null)("a search for which the system starts no further thread", () => {
  const search = ["solve", "token", "12", "--json"];

  test.skipIf(navigator.hardwareConcurrency === 1)("goes on with one, and warns once", async () => {
    const { code, stdout, stderr } = await runTlslp(search, { env: refusing("THREADS") });

    expect(stderr).toMatch(
      /^tlslp: warning: the system does not allow \d+ threads; searching with 1\n$/,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ bits: 12, threads: 1 });
  });

  test("warns once where the system starts some of them", async () => {
    const command = ["solve", "token", "26", "--json"];
    const { code, stdout, stderr } = await runTlslp(command, { env: refusing("CROWDED") });

    const [, threads] =
      /^tlslp: warning: the system does not allow 16 threads; searching with (\d)\n$/.exec(
        stderr,
      ) ?? [];
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ bits: 26, threads: Number(threads) });
  });

  test("fails when the user asked for the number of threads", async () => {
    const command = [...search, "--threads", "3"];
    const { code, stdout, stderr } = await runTlslp(command, { env: refusing("THREADS") });

    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^tlslp: error: the system refused to start 3 threads\ntlslp: hint: use fewer --threads; .*\n$/,
    );
  });
});

describe.skipIf(compiler === null)("a client for which the system starts no further thread", () => {
  test.skipIf(navigator.hardwareConcurrency === 1)("warns in its log", async () => {
    using credentials = await makeCredentialsFolder();
    await using server = await startServer(credentials, "mutual", ["--bits", "12"]);
    const args = clientArgs(credentials, "mutual", server.port, ["--log-format", "json"]);

    const { code, stderr } = await runTlslp(args, { env: refusing("THREADS") });

    expect(code).toBe(0);
    const records = stderr.trimEnd().split("\n");
    expect(records.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({
        message: "the system allows fewer search threads",
        properties: { wanted: navigator.hardwareConcurrency, threads: 1 },
      }),
    );
  });
});

describe.skipIf(compiler === null)("a measurement for which the system starts no thread", () => {
  const env = refusing("THREADS");

  test("measures one thread, unless the user asked for a number", async () => {
    const measured = await runTlslp(["bench", "--kernels", "--json"], { env });
    expect([measured.code, JSON.parse(measured.stdout).threads]).toEqual([0, 1]);

    const refused = await runTlslp(["bench", "--kernels", "--threads", "2"], { env });
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
  });
});
