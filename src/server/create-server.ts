/**
 * `createServer()`: a server in another program.
 */
import type { Credential } from "../certificates/credentials.ts";
import { parseIdentity } from "../certificates/identity.ts";
import { checkTrust, type TrustOption } from "../certificates/tls-config.ts";
import { DEFAULT_TIMEOUTS, type Timeouts } from "../conversation/exchange.ts";
import { Fault } from "../fault/fault.ts";
import type { Anonymity } from "../fault/sentences/command-line.ts";
import { checkIntakeSettings, type IntakeSettings } from "../intake/open-intake.ts";
import type { QuestionSettings } from "../intake/questions/questionnaire.ts";
import { MAX_DAYS } from "../intake/retention.ts";
import { parseStoreUrl } from "../intake/store/url.ts";
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
import { checkExercise, DEFAULT_BITS, MAX_EXERCISE, type PlanSettings } from "./plan.ts";
import {
  CLIENTS,
  DEFAULT_MAX_SESSIONS,
  MAX_ON_PASS_LIMIT,
  MAX_PASSES,
  MAX_SESSIONS,
  requireEffect,
  type Server,
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
   * required, and the host must be the loopback. Left out with `clients: "anybody"`.
   */
  readonly trust?: TrustOption | undefined;
  /**
   * "known": clients show a certificate as `trust` says; "anybody": no client certificate is
   * required, on any host; default "known".
   */
  readonly clients?: "known" | "anybody" | undefined;
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
  /** The requests, in their order, repeats allowed; default: `questions`, or the eight. */
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
  /**
   * Where answers are kept, each session's before its DONE: `sqlite:PATH` or
   * `postgres://USER@HOST/DATABASE`; default "none": they are checked and forgotten.
   */
  readonly store?: string | undefined;
  /**
   * The requests and the rules of their answers: the path of a questions file, or its questions;
   * default: the eight, each with any answer that is not empty.
   */
  readonly questions?: string | readonly QuestionSettings[] | undefined;
  /** Instead of `questions`: whether to check mail addresses, date and country; default false. */
  readonly check?: boolean | undefined;
  /** How many submissions a client's public key may have, 1 to 1000000; default: any number. */
  readonly passes?: number | undefined;
  /** Clients are refused before this time, ISO 8601 with offset or `Z`; default: none are. */
  readonly open?: string | undefined;
  /** Clients are refused from this time on; default: none are. */
  readonly close?: string | undefined;
  /** The path of an Ed25519 key that signs a receipt for each submission; default: none. */
  readonly receipts?: string | undefined;
  /** The path of a program to run for each submission, with its JSON as input; default: none. */
  readonly onPass?: string | undefined;
  /** With `onPass`: how many run at once, 1 to 1000; default 4. */
  readonly onPassLimit?: number | undefined;
  /** After how many days personal data is erased, 1 to 36500; default: never. */
  readonly retain?: number | undefined;
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
 * @throws {Fault} "usage" for options that are wrong, for certificates that are damaged, expired
 *   or do not belong together, and for files, programs and stores that cannot be used; "transport"
 *   when the host has no address, the port cannot be bound or the store cannot be reached;
 *   "timeout" when the host takes longer than `timeouts.other` to resolve
 */
export async function createServer(options: CreateServerOptions): Promise<Server> {
  return startServer(checkOptions(options));
}

function checkOptions(options: CreateServerOptions): ServerSettings {
  const { identity, timeouts = DEFAULT_TIMEOUTS } = options;
  const { maxSessions = DEFAULT_MAX_SESSIONS, maxSessionsPerAddress } = options;
  const { allowedClients = [], reusePort = false } = options;
  const { trust, anonymity } = checkClients(options);
  requireEffect({ anonymity, allowedClients, reusePort });
  return {
    host: options.host ?? "localhost",
    ports: [checkPort("port", options.port ?? 0, 0)],
    reusePort,
    identity: parseIdentity(identity, "server"),
    trust,
    anonymity,
    allowedClients: allowedClients.map((pin) => checkPin("allowedClients", pin)),
    plan: checkPlan(options),
    intake: checkIntake(options, anonymity),
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

/** Returns which clients are accepted, and why they need no certificate, if so. */
function checkClients({
  trust,
  clients = "known",
}: CreateServerOptions): Pick<ServerSettings, "trust" | "anonymity"> {
  if (checkChoice("clients", clients, CLIENTS) === "anybody") {
    if (trust !== undefined) {
      throw new Fault("needsCertificates", { setting: "trust", without: "clients" });
    }
    return { trust: "anybody", anonymity: "clients" };
  }
  if (trust === undefined) {
    throw new Fault("settingMissing", { setting: "trust" });
  }
  return { trust: checkTrust(trust), anonymity: trust === "anybody" ? "insecure" : undefined };
}

function checkPlan(options: CreateServerOptions): PlanSettings {
  const { bits = DEFAULT_BITS, token, arg, requests, exercise, failRate = 0 } = options;
  checkExercise(options);
  return {
    bits: checkBits("bits", bits),
    token: token === undefined ? undefined : checkWord("token", token),
    arg: arg === undefined ? undefined : checkWord("arg", arg),
    requests: requests?.map((name) => checkChoice("requests", name, REQUESTS)),
    exercise:
      exercise === undefined ? undefined : checkWhole("exercise", exercise, 1, MAX_EXERCISE),
    failRate: checkChance("failRate", failRate),
  };
}

function checkIntake(
  options: CreateServerOptions,
  anonymity: Anonymity | undefined,
): IntakeSettings {
  const { store = "none", passes, onPassLimit, retain } = options;
  parseStoreUrl(store);
  const settings: IntakeSettings = {
    store,
    questions: options.questions,
    check: options.check ?? false,
    passes: passes === undefined ? undefined : checkWhole("passes", passes, 1, MAX_PASSES),
    open: options.open,
    close: options.close,
    receipts: options.receipts,
    onPass: options.onPass,
    onPassLimit:
      onPassLimit === undefined
        ? undefined
        : checkWhole("onPassLimit", onPassLimit, 1, MAX_ON_PASS_LIMIT),
    retain: retain === undefined ? undefined : checkWhole("retain", retain, 1, MAX_DAYS),
  };
  checkIntakeSettings(settings, anonymity);
  return settings;
}
