/**
 * Our two programs, and the independent client and server in Python, with matching certificates.
 */
import { join } from "node:path";
import { makeCredentials, writeCredential } from "./certificates.ts";
import {
  type Ended,
  makeFolder,
  type Program,
  REPOSITORY,
  run,
  runTlslp,
  start,
  startTlslp,
} from "./processes.ts";

export const HOST = "127.0.0.1";

/** Certificates on both sides, or none of the client's and no verification. */
export const MODES = ["mutual", "insecure"] as const;
export type Mode = (typeof MODES)[number];

interface Files {
  readonly cert: string;
  readonly key: string;
}

/** Certificates in files, for as many programs as a test file starts. */
interface TlsFiles {
  readonly ca: Files;
  readonly server: Files;
  readonly client: Files;
}

/** A folder of certificates; disposing it removes the files. */
export interface CredentialsFolder extends TlsFiles, Disposable {}

export interface Running extends AsyncDisposable {
  readonly program: Program;
  readonly port: number;
}

/** How a Python peer's session ended, and the lines until then. */
export interface PeerReport {
  readonly code: number | null;
  readonly outcome: "ok" | "refused" | "protocol" | "timeout" | "transport";
  readonly detail: string;
  readonly tls: string | null;
  readonly sent: readonly string[];
  readonly received: readonly string[];
}

export async function makeCredentialsFolder(): Promise<CredentialsFolder> {
  const { authority, server, client } = await makeCredentials();
  const folder = makeFolder();
  return {
    ca: writeCredential(folder.path, "ca", authority),
    server: writeCredential(folder.path, "server", server),
    client: writeCredential(folder.path, "client", client),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

export function serverArgs(
  { ca, server }: TlsFiles,
  mode: Mode,
  args: readonly string[],
): readonly string[] {
  return [
    ...["server", "--host", HOST, "--port", "0"],
    ...["--server-cert", server.cert, "--server-key", server.key],
    ...(mode === "insecure" ? ["--insecure"] : ["--ca-cert", ca.cert]),
    ...args,
  ];
}

export async function startServer(
  credentials: CredentialsFolder,
  mode: Mode,
  args: readonly string[],
): Promise<Running> {
  const program = startTlslp(serverArgs(credentials, mode, args));
  return running(program, /^listening on 127\.0\.0\.1:(\d+)$/);
}

export function clientArgs(
  { ca, client }: CredentialsFolder,
  mode: Mode,
  port: number,
  args: readonly string[] = [],
): readonly string[] {
  return [
    ...["client", "--host", HOST, "--ports", `${port}`],
    ...(mode === "insecure"
      ? ["--insecure"]
      : ["--ca-cert", ca.cert, "--client-cert", client.cert, "--private-key", client.key]),
    ...args,
  ];
}

export function runClient(
  credentials: CredentialsFolder,
  mode: Mode,
  port: number,
  args: readonly string[] = [],
): Promise<Ended> {
  return runTlslp(clientArgs(credentials, mode, port, args));
}

export async function startPythonServer(
  { ca, server }: CredentialsFolder,
  mode: Mode,
  args: readonly string[],
): Promise<Running> {
  const program = start([
    ...python("server.py"),
    ...["--host", HOST, "--cert", server.cert, "--key", server.key],
    ...(mode === "insecure" ? ["--no-client-cert"] : ["--ca", ca.cert]),
    ...args,
  ]);
  return running(program, /^\{"event": "listening", .*"port": (\d+)\}$/);
}

export function startPythonClient(
  { ca, client }: TlsFiles,
  mode: Mode,
  port: number,
  args: readonly string[] = [],
): Program {
  return start(pythonClient({ ca, client }, mode, port, args));
}

export async function runPythonClient(
  credentials: CredentialsFolder,
  mode: Mode,
  port: number,
  args: readonly string[] = [],
): Promise<PeerReport> {
  return readReport(await run(pythonClient(credentials, mode, port, args)));
}

/** Parses the output of a Python peer that held one session. */
export function readReport({ code, stdout, stderr }: Ended): PeerReport {
  const events = stdout
    .trim()
    .split("\n")
    .map((line): Readonly<Record<string, string>> => JSON.parse(line));
  const end = events.at(-1);
  if (end?.["event"] !== "end") {
    throw new Error(`a Python peer did not come to its end:\n${stdout}${stderr}`);
  }
  const lines = (kind: string) =>
    events.filter(({ event }) => event === kind).map(({ line = "" }) => line);
  return {
    code,
    outcome: end["outcome"] as PeerReport["outcome"],
    detail: `${end["detail"]}`,
    tls: end["tls"] ?? null,
    sent: lines("sent"),
    received: lines("received"),
  };
}

function pythonClient(
  { ca, client }: Pick<CredentialsFolder, "ca" | "client">,
  mode: Mode,
  port: number,
  args: readonly string[],
): readonly string[] {
  return [
    ...python("client.py"),
    ...["--host", HOST, "--port", `${port}`],
    ...(mode === "insecure"
      ? ["--no-verify"]
      : ["--ca", ca.cert, "--cert", client.cert, "--key", client.key]),
    ...args,
  ];
}

let interpreter: string | undefined;

/** Returns the command that runs a script of test/peers/. */
export function python(script: string): readonly string[] {
  // The program in PATH may be a script that looks for the real one in its own environment.
  interpreter ??= Bun.spawnSync(["python3", "-c", "import sys; print(sys.executable)"])
    .stdout.toString()
    .trim();
  return [interpreter, "-B", join(REPOSITORY, "test/peers", script)];
}

async function running(program: Program, ready: RegExp): Promise<Running> {
  try {
    const [, port] = await program.stdout.next(ready);
    return {
      program,
      port: Number(port),
      [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
    };
  } catch (thrown) {
    await program[Symbol.asyncDispose]();
    throw thrown;
  }
}
