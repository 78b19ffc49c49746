/**
 * A server as a load sees it from outside: pinned to one core, and what it uses of the machine
 * (Linux, proc(5)).
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** proc(5) counts processor time in these, 1/100 s, on every Linux that Bun runs on. */
const TICK = 0.01;

/** The server has one processor to itself, its clients another. */
export const SERVER_CORE = 0;
export const CLIENT_CORE = 1;

export const EXECUTABLE = resolve(import.meta.dir, "../../dist/tlslp");

export interface Served extends AsyncDisposable {
  readonly port: number;
  /** Seconds of processor time so far, user and system. */
  cpu(): number;
  /** Resident memory, bytes. */
  memory(): number;
  descriptors(): number;
}

/** Starts the product's server for clients with the folder's certificates and 0 bits. */
export function serveSessions(folder: string, core: number, flags: readonly string[] = []) {
  return serve(core, [
    EXECUTABLE,
    "server",
    "--host=127.0.0.1",
    "--port=0",
    "--bits=0",
    "--max-sessions-per-address=0",
    `--ca-cert=${join(folder, "ca-cert.pem")}`,
    `--server-cert=${join(folder, "server-cert.pem")}`,
    `--server-key=${join(folder, "server-key.pem")}`,
    ...flags,
  ]);
}

/** Starts a server on the given core, and waits until it listens. */
export async function serve(core: number, command: readonly string[]): Promise<Served> {
  const child = Bun.spawn(["taskset", "-c", String(core), ...command], {
    stdout: "pipe",
    stderr: "ignore",
  });
  const port = await readPort(child.stdout);
  const proc = `/proc/${child.pid}`;
  return {
    port,
    cpu() {
      const fields = readFileSync(`${proc}/stat`, "utf8")
        .replace(/^.*\) /, "")
        .split(" ");
      return (Number(fields[11]) + Number(fields[12])) * TICK;
    },
    memory() {
      return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`${proc}/status`, "utf8"))?.[1]) * 1024;
    },
    descriptors: () => readdirSync(`${proc}/fd`).length,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

async function readPort(stdout: ReadableStream<Uint8Array>): Promise<number> {
  for await (const line of linesOf(stdout)) {
    const port = /^listening on .*:(\d+)$/.exec(line)?.[1];
    if (port !== undefined) {
      return Number(port);
    }
  }
  throw new Error("the server ended without listening");
}

/** The lines, of ASCII characters, that a program writes. */
export async function* linesOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<string, undefined> {
  let text = "";
  for await (const bytes of stream) {
    const lines = (text + Buffer.from(bytes).toString()).split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}
