/**
 * A server process, pinned to one core, and the resources that it uses (Linux, proc(5)).
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Seconds. The unit of processor time in proc(5) on every Linux that Bun supports. */
const TICK = 0.01;

/** The server and its clients each have a processor of their own. */
export const SERVER_CORE = 0;
export const CLIENT_CORE = 1;

export const EXECUTABLE = resolve(import.meta.dir, "../../dist/tlslp");

export interface ServerProcess extends AsyncDisposable {
  readonly port: number;
  /** Seconds of processor time so far, user and system. */
  cpu(): number;
  /** Returns the resident memory in bytes. */
  memory(): number;
  descriptors(): number;
}

export interface ServerOptions {
  /** Where answers are kept; default: nowhere. */
  readonly store?: string;
  readonly flags?: readonly string[];
}

/** Starts `tlslp server` with the folder's certificates and 0 bits. */
export function startServer(
  folder: string,
  core: number,
  { store = "none", flags = [] }: ServerOptions = {},
) {
  return startOnCore(core, [
    EXECUTABLE,
    "server",
    "--host=127.0.0.1",
    "--port=0",
    "--bits=0",
    `--store=${store}`,
    "--max-sessions-per-address=0",
    `--ca-cert=${join(folder, "ca-cert.pem")}`,
    `--server-cert=${join(folder, "server-cert.pem")}`,
    `--server-key=${join(folder, "server-key.pem")}`,
    ...flags,
  ]);
}

/** Starts a server on the given core and waits until it listens. */
export async function startOnCore(
  core: number,
  command: readonly string[],
): Promise<ServerProcess> {
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

/** Yields the lines of a program that writes ASCII. */
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
