/**
 * The package in another program: packed, unpacked into a project with its dependencies, and used
 * as docs/library.md says.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dependencies } from "../../package.json" with { type: "json" };
import { codeBlocks } from "../support/docs.ts";
import { makeFolder, REPOSITORY, run, start } from "../support/processes.ts";
import { toPattern } from "../support/scripts.ts";

setDefaultTimeout(60_000);

const project = makeFolder();
const cwd = project.path;
const programs = readPrograms();

beforeAll(async () => {
  await installPackage(join(cwd, "node_modules/tlslp"));
  for (const [name, { code }] of programs) {
    writeFileSync(join(cwd, name), code);
  }
});
afterAll(() => project[Symbol.dispose]());

const ALONE = ["solve.ts", "metrics.ts", "protocol.ts"];
const TOGETHER = ["certs.ts", "failures.ts", "intake.ts", "server.ts", "client.ts"];

test("each program of the documentation is run here", () => {
  expect([...programs.keys()].sort()).toEqual([...ALONE, ...TOGETHER].sort());
});

for (const name of ALONE) {
  test(`the program ${name} of the documentation prints the text below it`, async () => {
    const { code, stdout, stderr } = await runProgram(name);

    expect(stdout).toMatch(outputOf(name));
    expect(withoutProgress(stderr)).toBe("");
    expect(code).toBe(0);
  });
}

test("its programs for certificates, a server and a client work together", async () => {
  expect((await runProgram("certs.ts")).stdout).toMatch(outputOf("certs.ts"));
  expect((await runProgram("failures.ts")).stdout).toMatch(outputOf("failures.ts"));
  expect((await runProgram("intake.ts")).stdout).toMatch(outputOf("intake.ts"));
  await using server = start([process.execPath, "server.ts"], { cwd });
  const [, port = ""] = await server.stdout.next(/^listening on localhost:(\d+)$/);

  const client = await runProgram("client.ts", port);
  server.kill("SIGTERM");
  const { code, stdout } = await server.ended();

  expect(client.stdout).toMatch(outputOf("client.ts"));
  expect(client.code).toBe(0);
  expect(stdout).toMatch(outputOf("server.ts"));
  expect(code).toBe(0);
});

test("all programs agree with its types, and a misspelt option does not", async () => {
  symlinkSync(join(REPOSITORY, "node_modules/@types"), join(cwd, "node_modules/@types"));
  const typo = 'import { solve } from "tlslp";\nawait solve("token", 8, { thread: 1 });\n';
  writeFileSync(join(cwd, "typo.ts"), typo);
  const compilerOptions = { strict: true, noEmit: true, module: "preserve", types: ["bun"] };
  writeFileSync(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions }));

  const tsc = join(REPOSITORY, "node_modules/.bin/tsc");
  const { stdout } = await run([process.execPath, tsc, "-p", cwd]);

  expect(stdout.trim().split("\n")).toEqual([expect.stringMatching(/typo\.ts.*'thread'/)]);
});

interface Program {
  readonly code: string;
  /** The output that the documentation shows. */
  readonly output: string;
}

/** Returns the programs of the manual, by the names in their first lines. */
function readPrograms(): ReadonlyMap<string, Program> {
  const outputs = codeBlocks("library.md", "text");
  return new Map(
    codeBlocks("library.md", "ts").map((code, index) => {
      const [, name = ""] = /^\/\/ (\w+\.ts)\n/.exec(code) ?? [];
      return [name, { code, output: outputs[index] ?? "" }];
    }),
  );
}

function outputOf(name: string): RegExp {
  const lines = programs.get(name)?.output.trimEnd().split("\n");
  return toPattern(lines ?? expect.unreachable(`there is no program ${name}`));
}

function runProgram(name: string, ...args: readonly string[]) {
  return run([process.execPath, name, ...args], { cwd });
}

function withoutProgress(text: string): string {
  return text.replaceAll(/^\d+ in [\d.e-]+ s\n/gm, "");
}

/** Installs the package as `scripts/pack` and `bun add` do, but without the network. */
async function installPackage(place: string): Promise<void> {
  mkdirSync(place, { recursive: true });
  for (const command of [
    ["run", "tsc", "-p", "tsconfig.package.json"],
    ["pm", "pack", "--quiet", "--destination", cwd],
  ]) {
    const { code, stderr } = await run([process.execPath, ...command], { cwd: REPOSITORY });
    expect([code, stderr]).toEqual([0, ""]);
  }
  const [tarball = ""] = [...new Bun.Glob("tlslp-*.tgz").scanSync(cwd)];
  const { code } = await run(["tar", "-xzf", tarball, "-C", place, "--strip-components=1"], {
    cwd,
  });
  expect(code).toBe(0);
  for (const name of Object.keys(dependencies)) {
    const link = join(cwd, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(REPOSITORY, "node_modules", name), link);
  }
}
