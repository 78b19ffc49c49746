/**
 * `tlslp certs` on a file system that cannot sync, and on a disk that fails at the last step, through
 * test/support/fault-injection.c.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, REPOSITORY, run, runTlslp } from "../support/processes.ts";

setDefaultTimeout(60_000);

const tools = makeFolder();
afterAll(() => tools[Symbol.dispose]());
const library = join(tools.path, "faults.so");
const compiler = Bun.which("cc");
if (compiler === null) {
  process.stderr.write("skipped: failing disks, because there is no C compiler\n");
} else {
  const source = join(REPOSITORY, "test/support/fault-injection.c");
  await run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"]);
}
const on = join(tools.path, "on");
writeFileSync(on, "");

const contents = (folder: string) =>
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);

describe.skipIf(compiler === null)("the certificates", () => {
  // libgit2#5356
  test("are made where the file system cannot sync", async () => {
    using work = makeFolder();
    const env = { LD_PRELOAD: library, FAULT_NOSYNC: on };

    const { code, stderr } = await runTlslp(["certs"], { cwd: work.path, env });

    expect([code, stderr]).toEqual([0, ""]);
    expect(readdirSync(join(work.path, "certs"))).toHaveLength(6);
  });

  test("leave nothing behind when the disk fails", async () => {
    using work = makeFolder();
    const env = { LD_PRELOAD: library, FAULT_DISK: on };

    const { code, stderr } = await runTlslp(["certs"], { cwd: work.path, env });

    expect([code, stderr]).toEqual([1, "tlslp: error: cannot write to certs: EIO\n"]);
    expect(readdirSync(work.path)).toEqual([]);
  });

  test("are the old ones again when the disk fails while they are replaced", async () => {
    using work = makeFolder();
    const folder = join(work.path, "certs");
    await runTlslp(["certs"], { cwd: work.path });
    const before = contents(folder);
    const env = { LD_PRELOAD: library, FAULT_DISK: on };

    const { code } = await runTlslp(["certs", "--force"], { cwd: work.path, env });

    expect(code).toBe(1);
    expect(contents(folder)).toEqual(before);
  });
});
