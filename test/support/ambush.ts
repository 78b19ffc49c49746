/**
 * Our client, compiled, at a server that was made to hurt it: what it prints, and with which code
 * it exits.
 */
import { type Credentials, makeCredentials, writeCredential } from "./certificates.ts";
import { type Ended, makeFolder, type ProgramOptions, runTlslp } from "./processes.ts";
import { LOOPBACK, type Rogue, serveRogue } from "./rogue.ts";

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

export interface Visit extends Ended {
  readonly json: Outcome;
  readonly port: number;
}

export interface Ambush extends Disposable {
  readonly credentials: Credentials;
  /** Runs the client against that server, which may take as long as it likes. */
  visit(
    serve: (rogue: Rogue) => Promise<void>,
    flags?: readonly string[],
    options?: ProgramOptions,
  ): Promise<Visit>;
  /** Runs the client against whatever listens there. */
  visitPort(port: number, flags?: readonly string[], options?: ProgramOptions): Promise<Visit>;
}

export async function layAmbush(): Promise<Ambush> {
  const folder = makeFolder();
  const credentials = await makeCredentials();
  const ca = writeCredential(folder.path, "ca", credentials.authority);
  const client = writeCredential(folder.path, "client", credentials.client);
  const trust = ["--ca-cert", ca.cert, "--client-cert", client.cert, "--private-key", client.key];

  async function visitPort(
    port: number,
    flags: readonly string[] = [],
    options: ProgramOptions = {},
  ): Promise<Visit> {
    const args = [
      ...["client", "--json", "--host", LOOPBACK, "--ports", `${port}`],
      ...["--threads", "1", "--kernel", "portable", ...trust, ...flags],
    ];
    const ended = await runTlslp(args, options);
    return { ...ended, json: JSON.parse(ended.stdout), port };
  }

  return {
    credentials,
    visitPort,
    async visit(serve, flags, options) {
      using server = serveRogue(credentials, serve);
      return await visitPort(server.port, flags, options);
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** What a server can say in a session of two requests, in order. */
export const LINES = {
  HELLO: "HELLO",
  WORK: "WORK a-token 4",
  "the first request": "FULL_NAME an-arg",
  "the second request": "COUNTRY an-arg",
  DONE: "DONE",
} as const;
export type Moment = keyof typeof LINES;
export const MOMENTS = Object.keys(LINES) as readonly Moment[];

/** How far our client came by the time that it was told something else than that line. */
export const PROGRESS: Readonly<Record<Moment, object>> = {
  HELLO: { bits: null, attempts: null, seconds: null, answered: 0 },
  WORK: { bits: null, attempts: null, seconds: null, answered: 0 },
  "the first request": { bits: 4, answered: 0 },
  "the second request": { bits: 4, answered: 1 },
  DONE: { bits: 4, answered: 2 },
};

/** Serves honestly until it is time for that line, and leaves that to the caller. */
export async function serveUntil(rogue: Rogue, moment: Moment | "the end"): Promise<void> {
  for (const each of MOMENTS) {
    if (each === moment) {
      return;
    }
    await rogue.say(`${LINES[each]}\n`);
    await rogue.hear();
  }
}
