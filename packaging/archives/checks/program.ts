/**
 * What a released program does: each check starts it as a user would.
 */

import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../../package.json" with { type: "json" };
import { type Check, Impossible } from "./check.ts";
import type { Runner } from "./runners.ts";

const TOKEN = "gkcjcibIFynKssuJnJpSrgvawiVjLjEbdFuYQzuWROTeTaSmqFCAzuwkwLCRgIIq";
const BITS = 16;
const SERVER = ["server", "--port", "0", "--bits", "12", "--store", "none"];
/** An emulator is slow to start; seconds. */
const TIMEOUT = 120;

export function programChecks(runner: Runner, scratch: string): readonly Check[] {
  const folder = () => mkdtempSync(join(scratch, "run-"));
  const checks: Check[] = [
    { name: "--version", run: () => checkVersion(runner, folder()) },
    { name: "a hostile working folder", run: () => checkHostileFolder(runner, folder()) },
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

/** Files of the working folder that would configure a runtime, or run in it, must not. */
async function checkHostileFolder(runner: Runner, folder: string): Promise<string> {
  const evil = "require('node:fs').writeFileSync('evil-was-here', ''); process.exit(99);";
  const plants: Readonly<Record<string, string>> = {
    ".env": "TLSLP_JSON=1",
    "bunfig.toml": 'preload = ["./evil.js"]',
    "tsconfig.json": '{ "compilerOptions": { "paths": { "*": ["./evil.js"] } } }',
    "package.json": '{ "imports": { "#search-library": "./evil.js" }, "main": "evil.js" }',
    "node_modules/citty/index.js": evil,
    "evil.js": evil,
    "libtlslp-search.so": "no library",
    "tlslp-search.dll": "no library",
    "search-library.bin": "no library",
  };
  for (const [name, text] of Object.entries(plants)) {
    await Bun.write(join(folder, name), text);
  }
  const result = await output(runner, folder, "solve", TOKEN, "8");
  if (!result.startsWith("RESULT:") || (await Bun.file(join(folder, "evil-was-here")).exists())) {
    throw new Error(`printed ${result}`);
  }
  return `${Object.keys(plants).length} planted files change nothing`;
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
