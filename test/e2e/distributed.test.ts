/**
 * The commands of docs/distributed.md for batch systems, run as they are written there against the
 * compiled executable. Only one of the engines gets a puzzle that can be solved, so that one engine
 * succeeds for certain and the others must be ended.
 */
import { expect, test } from "bun:test";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isSolution } from "../../src/puzzle/digest.ts";
import { codeBlocks, DOCS } from "../support/docs.ts";
import { type Ended, type Folder, makeFolder, run, start, tlslp } from "../support/processes.ts";

const TOKEN = "-begins-with-a-dash";
const BITS = 12;

test("the GNU parallel command prints one result and ends all other searches", async () => {
  using folder = makeEngines({ count: 8, winner: 3 });
  const [command = ""] = codeBlocks("distributed.md", "sh");
  expect(command).toContain("--halt now,success=1");

  const { code, stdout } = await runIn(folder, ["bash", "-c", command]);

  expect(code).toBe(0);
  expectResult(stdout);
  expect(await survivors(folder)).toEqual([]);
});

test("the first task of the Slurm array to succeed leaves a result and cancels the others", async () => {
  const count = 3;
  using folder = makeEngines({ count, winner: 2 });
  writeProgram(folder, "scancel", 'echo "$@" >>cancelled; xargs kill <engines || true');
  const script = join(DOCS, "distributed/solve.slurm");

  const ended = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      runIn(folder, ["bash", script, TOKEN, String(BITS)], {
        SLURM_ARRAY_JOB_ID: "77",
        SLURM_ARRAY_TASK_ID: String(index + 1),
        SLURM_ARRAY_TASK_COUNT: String(count),
      }),
    ),
  );

  expectResult(readFileSync(join(folder.path, "tlslp-77.result"), "utf8"));
  expect(readFileSync(join(folder.path, "cancelled"), "utf8")).toBe("77\n");
  expect(ended.map(({ code }) => code)).toEqual([143, 0, 143]);
  expect(await survivors(folder)).toEqual([]);
});

test("the Slurm script without its arguments says how it is used", async () => {
  const { code, stderr } = await run(["bash", join(DOCS, "distributed/solve.slurm")]);
  expect(stderr).toStartWith("usage: sbatch");
  expect(code).toBe(2);
});

test("each pod of the Kubernetes job searches the part with its index", async () => {
  const [settings, job] = Bun.YAML.parse(
    readFileSync(join(DOCS, "distributed/job.yaml"), "utf8"),
  ) as [ConfigMap, Job];
  const { completions, parallelism, template } = job.spec;
  const [{ command }] = template.spec.containers;
  const shards = Number(settings.data["SHARDS"]);
  expect([completions, parallelism]).toEqual([shards, shards]);

  for (const index of [0, shards - 1]) {
    using folder = makeEngines({ count: 1, winner: index + 1 });
    const environment = { ...settings.data, TOKEN, BITS: String(BITS) };

    const { code, stdout } = await runIn(folder, command, {
      ...environment,
      JOB_COMPLETION_INDEX: String(index),
    });

    expectResult(stdout);
    expect(code).toBe(0);
  }
});

interface ConfigMap {
  readonly data: Readonly<Record<string, string>>;
}

interface Job {
  readonly spec: {
    readonly completions: number;
    readonly parallelism: number;
    readonly template: {
      readonly spec: { readonly containers: readonly [{ readonly command: readonly string[] }] };
    };
  };
}

/**
 * Makes a folder with a `tlslp` of its own, which notes its process in the file `engines`. Only the
 * shard `winner` solves the given puzzle, as soon as `count` engines have begun; the others search
 * for 64 zero bits, in vain.
 */
function makeEngines({ count, winner }: { readonly count: number; readonly winner: number }) {
  const folder = makeFolder();
  writeProgram(
    folder,
    "tlslp",
    `echo $$ >>engines
    if [[ " $* " = *" --shard ${winner}/"* ]]; then
      until [ "$(wc -l <engines)" -ge ${count} ]; do sleep 0.02; done
      exec ${tlslp()} "$@"
    fi
    exec ${tlslp()} "\${@:1:$# - 1}" 64`,
  );
  return folder;
}

function writeProgram({ path }: Folder, name: string, text: string): void {
  writeFileSync(join(path, name), `#!/usr/bin/env bash\n${text}\n`);
  chmodSync(join(path, name), 0o755);
}

async function runIn(
  { path }: Folder,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const env = {
    PATH: `${path}:${process.env["PATH"]}`,
    TOKEN,
    BITS: String(BITS),
    ...environment,
  };
  await using program = start(command, { cwd: path, env });
  program.closeInput();
  return await program.ended();
}

/** Expects one line, with a suffix that is right. */
function expectResult(text: string): void {
  const [, suffix = ""] = /^RESULT:([A-Za-z0-9_-]+)\n$/.exec(text) ?? [];
  expect([text, isSolution(TOKEN, suffix, BITS)]).toEqual([text, true]);
}

/** Returns the engines that still run after they had time to end. */
async function survivors({ path }: Folder): Promise<readonly number[]> {
  const engines = readFileSync(join(path, "engines"), "utf8").trim().split("\n").map(Number);
  for (let tries = 0; tries < 1000 && engines.some(isRunning); tries += 1) {
    await Bun.sleep(20);
  }
  return engines.filter(isRunning);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
