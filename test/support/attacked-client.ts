/**
 * Our client, compiled, against a hostile server: its output and its exit code.
 */
import { type Credentials, makeCredentials, writeCredential } from "./certificates.ts";
import { type HostilePeer, LOOPBACK, servePeer } from "./hostile-peer.ts";
import { type Ended, makeFolder, type ProgramOptions, runTlslp } from "./processes.ts";

/** The object that `tlslp client --json` prints. */
export interface Outcome {
  readonly outcome: string;
  readonly exit_code: number;
  readonly host: string;
  readonly port: number | null;
  readonly tls_version: string | null;
  readonly tls_cipher: string | null;
  readonly bits: number | null;
  readonly attempts: number | null;
  readonly seconds: number | null;
  readonly answered: number;
  readonly reason: string | null;
}

export interface ClientRun extends Ended {
  readonly json: Outcome;
  readonly port: number;
}

export interface AttackedClient extends Disposable {
  readonly credentials: Credentials;
  /** Runs the client against a server with this behaviour; resolves when both have ended. */
  runAgainst(
    serve: (peer: HostilePeer) => Promise<void>,
    flags?: readonly string[],
    options?: ProgramOptions,
  ): Promise<ClientRun>;
  /** Runs the client against the server that listens on this port. */
  runAt(port: number, flags?: readonly string[], options?: ProgramOptions): Promise<ClientRun>;
}

export async function prepareClient(): Promise<AttackedClient> {
  const folder = makeFolder();
  const credentials = await makeCredentials();
  const ca = writeCredential(folder.path, "ca", credentials.authority);
  const client = writeCredential(folder.path, "client", credentials.client);
  const trust = ["--ca-cert", ca.cert, "--client-cert", client.cert, "--private-key", client.key];

  async function runAt(
    port: number,
    flags: readonly string[] = [],
    options: ProgramOptions = {},
  ): Promise<ClientRun> {
    const args = [
      ...["client", "--json", "--host", LOOPBACK, "--ports", `${port}`],
      ...["--threads", "1", "--kernel", "portable", ...trust, ...flags],
    ];
    const ended = await runTlslp(args, options);
    return { ...ended, json: JSON.parse(ended.stdout), port };
  }

  return {
    credentials,
    runAt,
    async runAgainst(serve, flags, options) {
      using server = servePeer(credentials, serve);
      const run = await runAt(server.port, flags, options);
      await server.served();
      return run;
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** The lines of a server in a session of two requests, in order. */
export const LINES = {
  HELLO: "HELLO",
  WORK: "WORK a-token 4",
  "the first request": "FULL_NAME an-arg",
  "the second request": "COUNTRY an-arg",
  DONE: "DONE",
} as const;
export type Moment = keyof typeof LINES;
export const MOMENTS = Object.keys(LINES) as readonly Moment[];

/** The progress in our client's report if it received another line instead of this one. */
export const PROGRESS: Readonly<Record<Moment, object>> = {
  HELLO: { bits: null, attempts: null, seconds: null, answered: 0 },
  WORK: { bits: null, attempts: null, seconds: null, answered: 0 },
  "the first request": { bits: 4, answered: 0 },
  "the second request": { bits: 4, answered: 1 },
  DONE: { bits: 4, answered: 2 },
};

/** Serves honestly up to a line, which the caller sends. */
export async function serveUntil(peer: HostilePeer, moment: Moment | "the end"): Promise<void> {
  for (const each of MOMENTS) {
    if (each === moment) {
      return;
    }
    await peer.send(`${LINES[each]}\n`);
    await peer.receive();
  }
}
