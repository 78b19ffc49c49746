/**
 * Both ends of a connection on the loopback, with the defaults of a good peer, and events for which
 * a test can wait.
 */
import { Fault } from "../../../src/fault/fault.ts";
import { type Connected, type ConnectOptions, connect } from "../../../src/tls/connect.ts";
import type { Capacity } from "../../../src/tls/connection-limits.ts";
import {
  type Accepted,
  type Listener,
  type ListenOptions,
  listen,
} from "../../../src/tls/listen.ts";
import { type Credential, type Credentials, writeCredential } from "../../support/certificates.ts";
import { type Folder, makeFolder, type Program, start, waitFor } from "../../support/processes.ts";

export const LOOPBACK = "127.0.0.1";

/** No test reaches these limits. */
export const CAPACITY: Capacity = {
  sessions: 100,
  perAddress: 100,
  limitsLoopback: true,
  connections: 200,
};

/** Events in their order, which a test can wait for. */
export interface Events<T> {
  push(event: T): void;
  next(): Promise<T>;
  /** The number of events so far. */
  readonly count: number;
}

export interface Rejection {
  readonly peer: string;
  readonly fault: Fault;
}

export interface TestListener extends Disposable {
  readonly port: number;
  readonly ports: readonly number[];
  readonly accepted: Events<Accepted>;
  readonly rejected: Events<Rejection>;
  readonly reload: Listener["reload"];
  stop(): void;
}

export function createEvents<T>(what: string): Events<T> {
  const waiting: T[] = [];
  let count = 0;
  let news = Promise.withResolvers<void>();
  return {
    get count() {
      return count;
    },
    push(event) {
      count += 1;
      waiting.push(event);
      news.resolve();
    },
    async next() {
      await waitFor(news.promise, () => what);
      const event = waiting.shift();
      if (event === undefined) {
        throw new Error("two wait for one event");
      }
      if (waiting.length === 0) {
        news = Promise.withResolvers();
      }
      return event;
    },
  };
}

/** Starts a listener that requires certificates of the given authority. */
export function startListener(
  { authority, server }: Credentials,
  overrides: Partial<ListenOptions> = {},
): TestListener {
  const accepted = createEvents<Accepted>("an accepted connection");
  const rejected = createEvents<Rejection>("a rejected connection");
  const listener = listen({
    addresses: [LOOPBACK],
    ports: [0],
    identity: server,
    trust: { authorities: authority.cert },
    handshakeTimeout: 20,
    allowedClients: [],
    reusePort: false,
    capacity: CAPACITY,
    onAccepted: accepted.push,
    onRejected: (peer, fault) => rejected.push({ peer, fault }),
    ...overrides,
  });
  return {
    port: listener.ports[0],
    ports: listener.ports,
    accepted,
    rejected,
    reload: listener.reload,
    stop: listener.stop,
    [Symbol.dispose]: listener.stop,
  };
}

/** Starts a listener without verification and reloads it: the new settings must be as strict. */
export function startReloadedListener(credentials: Credentials): TestListener {
  const listener = startListener(credentials, { trust: "anybody" });
  listener.reload({
    identity: credentials.server,
    trust: { authorities: credentials.authority.cert },
  });
  return listener;
}

/** Listeners that must be equally strict. */
export const STRICT_LISTENERS = [
  ["a listener", startListener],
  ["a listener with reloaded certificates", startReloadedListener],
] as const;

export function dialOptions(
  { authority, client }: Credentials,
  port: number,
  overrides: Partial<ConnectOptions> = {},
): ConnectOptions {
  return {
    address: LOOPBACK,
    port,
    serverName: "localhost",
    identity: client,
    trust: { authorities: authority.cert },
    pins: [],
    timeout: 20,
    ...overrides,
  };
}

/** Connects; throws if no server answers. */
export async function dial(
  credentials: Credentials,
  port: number,
  overrides: Partial<ConnectOptions> = {},
): Promise<Connected> {
  const outcome = await connect(dialOptions(credentials, port, overrides));
  if ("unreachable" in outcome) {
    throw outcome.unreachable;
  }
  return outcome;
}

/** Returns the fault with which the work fails. */
export async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const outcome = await work.then(
    () => "nothing",
    (thrown: unknown) => thrown,
  );
  if (outcome instanceof Fault) {
    return outcome;
  }
  throw new Error(`expected a fault, got ${outcome}`);
}

/** Makes a good connection, and returns both ends. */
export async function connectBoth(
  credentials: Credentials,
  listener: TestListener,
): Promise<{ readonly near: Connected; readonly far: Accepted }> {
  const [near, far] = await Promise.all([
    dial(credentials, listener.port),
    listener.accepted.next(),
  ]);
  return { near, far };
}

/** Shows that the listener still serves: a good client and it exchange a line each. */
export async function serveGoodClient(
  credentials: Credentials,
  listener: TestListener,
): Promise<readonly [string, string]> {
  const { near, far } = await connectBoth(credentials, listener);
  await Promise.all([far.channel.send("question"), near.channel.send("answer")]);
  const heard = await Promise.all([near.channel.receive(), far.channel.receive()]);
  near.channel.close();
  far.channel.close();
  await Promise.all([near.closed, far.closed]);
  return heard;
}

export interface TlsFiles extends Folder {
  readonly ca: string;
  /** Writes one more credential; returns its paths. */
  add(name: string, credential: Credential): { readonly cert: string; readonly key: string };
}

/** Writes the authority's certificate to a file, for programs. */
export function writeAuthority({ authority }: Pick<Credentials, "authority">): TlsFiles {
  const folder = makeFolder();
  return {
    path: folder.path,
    ca: writeCredential(folder.path, "ca", authority).cert,
    add: (name, credential) => writeCredential(folder.path, name, credential),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

export function startOpensslClient(port: number, args: readonly string[]): Program {
  return start(["openssl", "s_client", "-connect", `${LOOPBACK}:${port}`, ...args]);
}

/** Starts OpenSSL's server on a free port and waits until it listens. */
export async function startOpensslServer(
  args: readonly string[],
): Promise<{ readonly server: Program; readonly port: number }> {
  const server = start(["openssl", "s_server", "-accept", `${LOOPBACK}:0`, ...args]);
  try {
    const [, port] = await server.stdout.next(/^ACCEPT .*:(\d+)$/);
    return { server, port: Number(port) };
  } catch (thrown) {
    await server[Symbol.asyncDispose]();
    throw thrown;
  }
}
