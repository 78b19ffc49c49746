/**
 * `createServer()`: a server in another program.
 */
import type { Credential } from "../certificates/credentials.ts";
import { parseIdentity } from "../certificates/identity.ts";
import { checkTrust, type TrustOption } from "../certificates/tls-config.ts";
import { DEFAULT_TIMEOUTS, type Timeouts } from "../conversation/exchange.ts";
import { Fault } from "../fault/fault.ts";
import { warnOfObserverError } from "../observer.ts";
import {
  checkBits,
  checkChance,
  checkChoice,
  checkPin,
  checkPort,
  checkTimeouts,
  checkWhole,
  checkWord,
} from "../options.ts";
import { REQUESTS, type RequestName } from "../wire/message.ts";
import type { ServerEvent } from "./events.ts";
import { DEFAULT_BITS, MAX_EXERCISE, type PlanSettings } from "./plan.ts";
import type { Server } from "./sessions.ts";
import {
  DEFAULT_MAX_SESSIONS,
  MAX_SESSIONS,
  type ServerSettings,
  startServer,
} from "./start-server.ts";

/**
 * The options of a server. A wrong value is a fault of the family "usage" whose message names the
 * option.
 *
 * @example
 * ```ts
 * const server = await createServer({
 *   port: 1234,
 *   bits: 20,
 *   identity: readIdentity("certs/server-cert.pem", "certs/server-key.pem", "server"),
 *   trust: readAuthorities("certs/ca-cert.pem"),
 *   observe: (event) => console.log(event.type),
 * });
 * ```
 */
export interface CreateServerOptions {
  /** The server's certificate (chain) and its private key, PEM: of `readIdentity`, for example. */
  readonly identity: Credential;
  /**
   * The authorities that sign the certificates of clients; or "anybody": no client certificate is
   * required, and the host must be the loopback.
   */
  readonly trust: TrustOption;
  /** The host name or address to listen on; default "localhost": all its loopback addresses. */
  readonly host?: string | undefined;
  /** 0 to 65535; default 0: a free port, which `Server.port` tells. */
  readonly port?: number | undefined;
  /** Whether other processes with this option may share the port (Linux); default false. */
  readonly reusePort?: boolean | undefined;
  /**
   * The public keys of the clients to serve, each as `sha256/BASE64` (SHA-256 of the SPKI);
   * default: every client that an authority vouches for.
   */
  readonly allowedClients?: readonly string[] | undefined;
  /** How many zero bits a client must find, 0 to 64; default 28, about 2^28 attempts. */
  readonly bits?: number | undefined;
  /** The requests, in their order, repeats allowed; default: each of the eight once. */
  readonly requests?: readonly RequestName[] | undefined;
  /** Instead of `requests`: how many requests to ask at random, 1 to 1000, to test clients. */
  readonly exercise?: number | undefined;
  /** With `exercise`: the chance of a FAIL before each request, 0 to 1; default 0. */
  readonly failRate?: number | undefined;
  /**
   * A fixed token, for tests: 1 to 128 characters of `A–Z a–z 0–9 _ -`; default: a fresh random one
   * for each session.
   */
  readonly token?: string | undefined;
  /** A fixed arg of the requests, for tests, of the same form; default: a random one for each. */
  readonly arg?: string | undefined;
  /**
   * Seconds, above 0: `work` from WORK to the suffix, `other` for every other step and for the TLS
   * handshake; default 1800 and 10.
   */
  readonly timeouts?: Timeouts | undefined;
  /**
   * The most connections at a time, handshakes included, 1 to 1000000; default 10000. The next
   * client gets `FAIL busy`; beyond twice as many, connections are dropped.
   */
  readonly maxSessions?: number | undefined;
  /**
   * The most connections from one IPv4 address or IPv6 /64; 0: no limit. Default 64, and no limit
   * for the loopback, where one proxy may serve many clients.
   */
  readonly maxSessionsPerAddress?: number | undefined;
  /** Called with each event, as it happens; see `ServerEvent`. */
  readonly observe?: ((event: ServerEvent) => void) | undefined;
  /** Called with an error that `observe` throws; default: a warning on stderr. */
  readonly onObserverError?: ((thrown: unknown) => void) | undefined;
  /** Ends the start early, while the host is resolved: `createServer` rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts a server, which makes clients work, asks them, and checks their answers, many at a time,
 * until it is drained.
 *
 * @throws {Fault} "usage" for options that are wrong, and for certificates that are damaged,
 *   expired or do not belong together; "transport" when the host has no address or the port cannot
 *   be bound; "timeout" when the host takes longer than `timeouts.other` to resolve
 */
export async function createServer(options: CreateServerOptions): Promise<Server> {
  return startServer(checkOptions(options));
}

function checkOptions(options: CreateServerOptions): ServerSettings {
  const { identity, trust, timeouts = DEFAULT_TIMEOUTS } = options;
  const { maxSessions = DEFAULT_MAX_SESSIONS, maxSessionsPerAddress } = options;
  const { allowedClients = [], reusePort = false } = options;
  if (reusePort && process.platform !== "linux") {
    throw new Fault("linuxOnly", { setting: "reusePort" });
  }
  if (trust === "anybody" && allowedClients.length > 0) {
    throw new Fault("exclusive", {
      settings: ["allowedClients", "insecure"],
      reason: "noCertificates",
    });
  }
  return {
    host: options.host ?? "localhost",
    port: checkPort("port", options.port ?? 0, 0),
    reusePort,
    identity: parseIdentity(identity, "server"),
    trust: checkTrust(trust),
    allowedClients: allowedClients.map((pin) => checkPin("allowedClients", pin)),
    plan: checkPlan(options),
    timeouts: checkTimeouts(timeouts),
    maxSessions: checkWhole("maxSessions", maxSessions, 1, MAX_SESSIONS),
    maxSessionsPerAddress:
      maxSessionsPerAddress === undefined
        ? undefined
        : checkWhole("maxSessionsPerAddress", maxSessionsPerAddress, 0, MAX_SESSIONS),
    observe: options.observe ?? (() => undefined),
    onObserverError: options.onObserverError ?? warnOfObserverError,
    signal: options.signal,
  };
}

function checkPlan({
  bits = DEFAULT_BITS,
  token,
  arg,
  requests,
  exercise,
  failRate,
}: CreateServerOptions): PlanSettings {
  if (requests !== undefined && exercise !== undefined) {
    throw new Fault("exclusive", { settings: ["requests", "exercise"] });
  }
  if (failRate !== undefined && exercise === undefined) {
    throw new Fault("needsOther", { setting: "failRate", needed: "exercise" });
  }
  return {
    bits: checkBits("bits", bits),
    token: token === undefined ? undefined : checkWord("token", token),
    arg: arg === undefined ? undefined : checkWord("arg", arg),
    requests: (requests ?? REQUESTS).map((name) => checkChoice("requests", name, REQUESTS)),
    exercise:
      exercise === undefined ? undefined : checkWhole("exercise", exercise, 1, MAX_EXERCISE),
    failRate: checkChance("failRate", failRate ?? 0),
  };
}
