/**
 * What a released program does: each check starts it as a user would.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../../package.json" with { type: "json" };
import { run } from "../run.ts";
import { type Target, zigTarget } from "../targets.ts";
import { type Check, Impossible } from "./check.ts";
import { libraryThatMarks, plantLibrary, plantScripts } from "./plants.ts";
import type { Runner } from "./runners.ts";

const TOKEN = "gkcjcibIFynKssuJnJpSrgvawiVjLjEbdFuYQzuWROTeTaSmqFCAzuwkwLCRgIIq";
const BITS = 16;
const SERVER = ["server", "--port", "0", "--bits", "12", "--store", "none"];
/** An emulator is slow to start; seconds. */
const TIMEOUT = 120;

export function programChecks(runner: Runner, target: Target, scratch: string): readonly Check[] {
  const folder = () => mkdtempSync(join(scratch, "run-"));
  const checks: Check[] = [
    { name: "--version", run: () => checkVersion(runner, folder()) },
    { name: "planted files", run: () => checkPlantedFiles(runner, target, folder()) },
    { name: `solve, ${BITS} bits, every kernel`, run: () => checkKernels(runner, folder()) },
    { name: "certs, and a whole session", run: () => checkSession(runner, folder()) },
  ];
  return checks.map(({ name, run }) => ({
    name: `program: ${name}`,
    async run() {
      if (runner.obstacle !== undefined) {
        throw new Impossible(runner.obstacle);
      }
      return `${await run()} (${runner.name})`;
    },
  }));
}

async function checkVersion(runner: Runner, folder: string): Promise<string> {
  const version = await output(runner, folder, "--version");
  if (!version.startsWith(`tlslp ${manifest.version} (`)) {
    throw new Error(`printed ${version}`);
  }
  return version.trim();
}

/** No file of the working folder or of TMPDIR may configure the program or run in it. */
async function checkPlantedFiles(runner: Runner, target: Target, folder: string): Promise<string> {
  const [work, tmp] = [join(folder, "work"), join(folder, "tmp")];
  const marker = join(folder, "marker");
  const library = compileLibrary(folder, marker, target);
  for (const place of [work, tmp]) {
    plantScripts(place, marker);
    plantLibrary(place, library);
  }
  const planted = withEnvironment(runner, { TMPDIR: tmp, TEMP: tmp, TMP: tmp });
  const result = await output(planted, work, "solve", TOKEN, "8");
  await checkSession(planted, work);
  if (!result.startsWith("RESULT:") || existsSync(marker)) {
    throw new Error(existsSync(marker) ? "a planted file ran" : `printed ${result}`);
  }
  if (target.name.startsWith("linux-")) {
    // Otherwise the check would prove nothing.
    await output(preload(runner, library), work, "--version");
    if (!existsSync(marker)) {
      throw new Error("the planted library leaves no mark");
    }
  }
  return `${readdirSync(tmp).length} planted files change nothing`;
}

/** Compiles a library that makes the file `marker` when a program for the target loads it. */
function compileLibrary(folder: string, marker: string, target: Target): string {
  const source = join(folder, "plant.c");
  const library = join(folder, "plant");
  writeFileSync(source, libraryThatMarks(marker));
  run("zig", "cc", "-target", zigTarget(target), "-shared", "-O3", "-s", source, "-o", library);
  return library;
}

async function checkKernels(runner: Runner, folder: string): Promise<string> {
  const survey = JSON.parse(await output(runner, folder, "bench", "--kernels", "--json")) as {
    readonly kernels: readonly { readonly name: string }[];
  };
  const names = survey.kernels.map(({ name }) => name);
  for (const name of names) {
    const args = ["solve", TOKEN, `${BITS}`, "--kernel", name];
    const suffix = (await output(runner, folder, ...args)).trim().slice("RESULT:".length);
    const digest = createHash("sha256")
      .update(TOKEN + suffix)
      .digest();
    if (digest.readUInt16BE(30) !== 0) {
      throw new Error(`the kernel ${name} found ${suffix}`);
    }
  }
  return names.join(", ");
}

async function checkSession(runner: Runner, folder: string): Promise<string> {
  await output(runner, folder, "certs");
  await using server = start(runner, folder, ...SERVER);
  const port = await portOf(server);
  const said = await output(runner, folder, "client", "--ports", port);
  if (said.trim() !== "OK 8 answered") {
    throw new Error(`the client printed ${said}`);
  }
  return said.trim();
}

/** Reads the port from the server's line on stdout. */
async function portOf(server: ReturnType<typeof start>): Promise<string> {
  let text = "";
  for await (const bytes of server.stdout) {
    text += Buffer.from(bytes).toString();
    const [, port] = /^listening on \S+:(\d+)\r?\n/.exec(text) ?? [];
    if (port !== undefined) {
      return port;
    }
  }
  throw new Error(`the server ended: ${await server.stderr.text()}`);
}

/** Makes the program load a library at its start, and not what runs the program. */
function preload(runner: Runner, library: string): Runner {
  const [first = "", ...others] = runner.command;
  if (first === "bwrap") {
    return { ...runner, command: [first, "--setenv", "LD_PRELOAD", library, ...others] };
  }
  return first.startsWith("qemu-")
    ? { ...runner, command: [first, "-E", `LD_PRELOAD=${library}`, ...others] }
    : withEnvironment(runner, { LD_PRELOAD: library });
}

function withEnvironment(runner: Runner, more: Runner["environment"]): Runner {
  return { ...runner, environment: { ...runner.environment, ...more } };
}

function start(runner: Runner, cwd: string, ...args: readonly string[]) {
  return Bun.spawn([...runner.command, ...args], {
    cwd,
    env: { ...process.env, ...runner.environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: TIMEOUT * 1000,
  });
}

/** Runs the program to its end and returns its stdout. Throws an error when it fails. */
async function output(runner: Runner, cwd: string, ...args: readonly string[]): Promise<string> {
  const program = start(runner, cwd, ...args);
  const [text, complaint] = await Promise.all([program.stdout.text(), program.stderr.text()]);
  const code = await program.exited;
  if (code !== 0) {
    const [command] = args;
    throw new Error(`${command} exited with ${code}: ${complaint || text}`);
  }
  return text;
}
