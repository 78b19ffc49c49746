/**
 * The npm packages, installed into empty folders from a registry on this machine. Their
 * executables are shell scripts, and links to the real one where a search must run.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { imports } from "../../../package.json" with { type: "json" };
import type { Solution, SolveOptions } from "../../../packaging/npm/node/solve.ts";
import { makeNpmPackages } from "../../../packaging/npm/packages.ts";
import { readRelease } from "../../../packaging/release.ts";
import type * as search from "../../../src/search/solve.ts";
import { makeFolder, REPOSITORY, run, start, tlslp } from "../../support/processes.ts";
import { type Registry, serveRegistry } from "../../support/registry.ts";
import { makeRelease, VERSION } from "../../support/releases.ts";

setDefaultTimeout(120_000);

const TARGET = `linux-${process.arch}`;
const TARGETS = ["linux-x64", "linux-arm64", "linux-x64-musl", "linux-arm64-musl", "windows-x64"];

const folder = makeFolder();
const tarballs = join(folder.path, "npm");
const project = join(folder.path, "project");
/** A copy with the real executable and library. */
const real = join(folder.path, "real");
let registry: Registry;

beforeAll(async () => {
  await makePackages(tarballs, "release");
  registry = serveRegistry(tarballs);
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
  const { code, stderr } = await npm(["install", "tlslp"], project);
  expect([code, stderr]).toEqual([0, ""]);
  cpSync(project, real, { recursive: true, verbatimSymlinks: true });
  replace("bin/tlslp", tlslp());
  replace("lib/libtlslp-search.so", join(REPOSITORY, imports["#search-library"]));
});
afterAll(() => {
  registry[Symbol.dispose]();
  folder[Symbol.dispose]();
});

function makePackages(output: string, name: string): Promise<void> {
  const place = join(folder.path, name);
  const release = readRelease(makeRelease(place, TARGETS));
  const work = join(folder.path, "work");
  mkdirSync(work, { recursive: true });
  return makeNpmPackages({ release, output, work, libraries: join(place, "libraries") });
}

function environment() {
  return {
    npm_config_registry: registry.url,
    npm_config_cache: join(folder.path, "npm-cache"),
    npm_config_update_notifier: "false",
    npm_config_audit: "false",
    npm_config_fund: "false",
    BUN_INSTALL_CACHE_DIR: join(folder.path, "bun-cache"),
  };
}

function npm(args: readonly string[], cwd: string) {
  return run(["npm", ...args], { cwd, env: environment() });
}

/** Puts a link to a real file in the place of a file of the platform package. */
function replace(path: string, target: string): void {
  const place = join(real, "node_modules/@tlslp", TARGET, path);
  rmSync(place);
  symlinkSync(target, place);
}

test("npm installs the package for this system only, and runs no script", () => {
  expect(readdirSync(join(project, "node_modules/@tlslp"))).toEqual([TARGET]);
  expect(readdirSync(join(project, "node_modules")).sort()).toEqual([
    ".bin",
    ".package-lock.json",
    "@tlslp",
    "tlslp",
  ]);
});

test("the command passes arguments and exit codes on", async () => {
  const command = join(project, "node_modules/.bin/tlslp");
  expect(await run([command, "--version"])).toMatchObject({
    code: 0,
    stdout: `tlslp ${VERSION} (${TARGET})\n`,
  });
  expect((await run([command, "a b", "", "--"])).stdout).toBe("a b\n\n--\n");
});

test("npx runs it", async () => {
  const { code, stdout } = await run(["npx", "--yes", "tlslp", "--version"], {
    env: environment(),
  });
  expect([code, stdout]).toEqual([0, `tlslp ${VERSION} (${TARGET})\n`]);
});

test("bunx runs it", async () => {
  const { code, stdout } = await run([process.execPath, "x", "tlslp", "--version"], {
    env: environment(),
  });
  expect([code, stdout]).toEqual([0, `tlslp ${VERSION} (${TARGET})\n`]);
});

test("npm installs it globally", async () => {
  const prefix = join(folder.path, "prefix");
  const { code } = await npm(["install", "--global", "--prefix", prefix, "tlslp"], folder.path);
  expect(code).toBe(0);
  expect((await run([join(prefix, "bin/tlslp"), "--version"])).stdout).toContain(VERSION);
});

test("npm installs it from tarballs without any registry", async () => {
  using empty = makeFolder();
  const files = [`tlslp-${VERSION}.tgz`, `tlslp-${TARGET}-${VERSION}.tgz`];
  const { code } = await run(
    ["npm", "install", "--offline", ...files.map((name) => join(tarballs, name))],
    {
      cwd: empty.path,
      env: { ...environment(), npm_config_cache: join(empty.path, "cache") },
    },
  );
  expect(code).toBe(0);
  const command = join(empty.path, "node_modules/.bin/tlslp");
  expect((await run([command, "--version"])).stdout).toContain(VERSION);
});

test("without its platform package the command says so", async () => {
  using empty = makeFolder();
  await npm(["install", "--omit=optional", "tlslp"], empty.path);
  const { code, stderr } = await run([join(empty.path, "node_modules/.bin/tlslp"), "--version"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^tlslp: error: the package @tlslp\/linux-\w+ is not installed; .*\n$/);
});

test("a signal for the command reaches the executable once", async () => {
  const copy = join(folder.path, "signals");
  cpSync(project, copy, { recursive: true, verbatimSymlinks: true });
  writeFileSync(
    join(copy, "node_modules/@tlslp", TARGET, "bin/tlslp"),
    `#!/bin/sh
for signal in HUP INT TERM; do trap "echo $signal; got=$signal" $signal; done
got=''
echo ready
until [ "$got" ]; do sleep 0.02; done
sleep 0.1
exit 7
`,
  );
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
    await using program = start([join(copy, "node_modules/.bin/tlslp")]);
    await program.stdout.next(/ready/);
    program.kill(signal);
    const { code, stdout } = await program.ended();
    expect([code, stdout]).toEqual([7, `ready\n${signal.slice(3)}\n`]);
  }
});

const PROGRAM = `
import { digestOf, Fault, parseServerMessage, solve, verify } from "tlslp";

const solution = await solve("token", 12, { threads: 1 });
console.log(solution.digest === Buffer.from(digestOf("token", solution.suffix)).toString("hex"));
console.log(verify("token", solution.suffix, 12), solution.hashesPerSecond > 0);
console.log(parseServerMessage("WORK token 12").bits);
for (const attempt of [
  () => solve("token", 64, { timeout: 0.1 }),
  () => solve("token", 64, { kernel: "none" }),
  () => solve("not a token", 1),
  () => solve("token", 64, { signal: AbortSignal.timeout(100) }),
  () => parseServerMessage("NONSENSE"),
]) {
  try {
    await attempt();
  } catch (error) {
    console.log(error instanceof Fault ? error.family : error.name);
  }
}
`;

for (const runtime of ["node", process.execPath]) {
  test(`the library works under ${runtime.endsWith("node") ? "Node" : "Bun"}`, async () => {
    writeFileSync(join(real, "program.js"), PROGRAM);
    const { code, stdout, stderr } = await run([runtime, "program.js"], {
      cwd: real,
      // Neither the library nor its executable reads the variables of the command line.
      env: { TLSLP_TIMEOUT: "0.001" },
    });
    expect(stderr).toBe("");
    expect(stdout.split("\n")).toEqual([
      "true",
      "true true",
      "12",
      "timeout",
      "usage",
      "usage",
      "TimeoutError",
      "protocol",
      "",
    ]);
    expect(code).toBe(0);
  });
}

test("under Node, an error names the option that is wrong", async () => {
  writeFileSync(
    join(real, "wrong.js"),
    `import { solve } from "tlslp";
await solve("token", 1, { maxSuffix: 3 }).catch(({ message }) => console.log(message));`,
  );
  const { stdout } = await run(["node", "wrong.js"], { cwd: real });
  expect(stdout).toMatch(/^maxSuffix\b.*"3"/);
});

test("projects for Node see the types of Node, and all others those of Bun", async () => {
  symlinkSync(join(REPOSITORY, "node_modules/@types"), join(real, "node_modules/@types"));
  symlinkSync(join(REPOSITORY, "node_modules/bun-types"), join(real, "node_modules/bun-types"));
  writeFileSync(
    join(real, "server.ts"),
    'import { createServer, solve } from "tlslp";\nexport const all = { createServer, solve };\n',
  );
  const check = async (module: string) => {
    const compilerOptions = { strict: true, noEmit: true, module, types: ["bun"] };
    const config = { compilerOptions, files: ["server.ts"] };
    writeFileSync(join(real, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(REPOSITORY, "node_modules/.bin/tsc");
    return (await run([process.execPath, tsc, "-p", real])).stdout.trim().split("\n");
  };
  expect(await check("preserve")).toEqual([""]);
  expect(await check("nodenext")).toEqual([expect.stringMatching(/'createServer'/)]);
});

test("the search has the same types under Node and Bun", () => {
  const options = {} satisfies SolveOptions as SolveOptions satisfies search.SolveOptions;
  const solution = (each: search.Solution): Solution => each;
  expect([options, typeof solution]).toEqual([{}, "function"]);
});

test("the packages are the same bytes when they are made again", async () => {
  const again = join(folder.path, "again");
  await makePackages(again, "same release");
  const digests = async (place: string) =>
    Promise.all(
      readdirSync(place)
        .sort()
        .map(async (name) => [name, Bun.hash(await Bun.file(join(place, name)).arrayBuffer())]),
    );
  expect(await digests(again)).toEqual(await digests(tarballs));
});
