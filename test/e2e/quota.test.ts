/**
 * The number of threads that search in a control group with a quota of processors. Skipped where
 * this process may not make such groups.
 */
import { describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, tlslp } from "../support/processes.ts";

interface Group extends Disposable {
  readonly path: string;
  limit(processors: number): void;
}

const top = ["cpu", "cpu,cpuacct", ""]
  .map((name) => join("/sys/fs/cgroup", name))
  .find((folder) => governsProcessors(folder) && canMakeGroup(folder));
const reason =
  navigator.hardwareConcurrency === 1
    ? "there is one processor only"
    : top === undefined && "there are no control groups here that a quota could be given";
if (reason !== false) {
  process.stderr.write(`skipped: quotas of real control groups, for ${reason}\n`);
}

describe.skipIf(reason !== false)("under a quota of one processor one thread searches", () => {
  test("if it is that of the own group", async () => {
    using group = makeGroup(`${top}`);
    expect(await threadsIn(group)).toBe(navigator.hardwareConcurrency);
    group.limit(1);
    expect(await threadsIn(group)).toBe(1);
  });

  test("if it is that of the group above", async () => {
    using group = makeGroup(`${top}`);
    using inner = makeGroup(group.path);
    expect(await threadsIn(inner)).toBe(navigator.hardwareConcurrency);
    group.limit(1);
    expect(await threadsIn(inner)).toBe(1);
  });
});

/** Whether groups below this one can have a quota. */
function governsProcessors(folder: string): boolean {
  const controllers = join(folder, "cgroup.subtree_control");
  return existsSync(controllers)
    ? readFileSync(controllers, "latin1").split(/\s/).includes("cpu")
    : existsSync(join(folder, "cpu.cfs_quota_us"));
}

function canMakeGroup(folder: string): boolean {
  try {
    using group = makeGroup(folder);
    group.limit(1);
    return true;
  } catch {
    return false;
  }
}

function makeGroup(folder: string): Group {
  const path = mkdtempSync(join(folder, "tlslp-test-"));
  return {
    path,
    limit(processors) {
      const quota = processors * 100_000;
      if (existsSync(join(path, "cpu.max"))) {
        writeFileSync(join(path, "cpu.max"), `${quota} 100000`);
      } else {
        writeFileSync(join(path, "cpu.cfs_period_us"), "100000");
        writeFileSync(join(path, "cpu.cfs_quota_us"), `${quota}`);
      }
    },
    [Symbol.dispose]: () => rmdirSync(path),
  };
}

async function threadsIn({ path }: Group): Promise<number> {
  const enter = 'echo $$ >"$0/cgroup.procs" && exec "$@"';
  const command = ["sh", "-c", enter, path, tlslp(), "solve", "token", "4", "--json"];
  const { stdout } = await run(command);
  return JSON.parse(stdout).threads;
}
