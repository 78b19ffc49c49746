/**
 * The flags of `tlslp server`, and which of them go together.
 */
import {
  type FlagValues,
  listFlag,
  refuse,
  secondsFlag,
  switchFlag,
  textFlag,
  valueFlag,
  wholeFlag,
} from "../cli/flag.ts";
import { Fault } from "../fault.ts";
import type { PlanSettings } from "../service/plan.ts";
import { type Bits, isRequestName, REQUESTS, type RequestName } from "../wire/message.ts";
import { CONNECTION_FLAGS, MAX_PORT, readPin, TRUST_GROUP } from "./connection-flags.ts";
import { BITS, TOKEN } from "./puzzle-arguments.ts";

/** More would only be a way to hold a client up. */
const MAX_EXERCISE = 1000;
const DEFAULT_BITS = 28 as Bits;
const MAX_SESSIONS = 1_000_000;
const DEFAULT_SESSIONS_PER_ADDRESS = 64;
const SESSION_GROUP = "Sessions";

export const SERVER_FLAGS = {
  ...CONNECTION_FLAGS,
  port: wholeFlag({
    name: "port",
    placeholder: "PORT",
    fallback: 1234,
    least: 0,
    most: MAX_PORT,
    help: "0 takes a free one",
  }),
  reusePort: switchFlag({
    name: "reuse-port",
    help: "let other servers that say the same share the port; Linux only",
  }),
  serverCert: textFlag({
    name: "server-cert",
    placeholder: "PATH",
    fallback: "certs/server-cert.pem",
    group: TRUST_GROUP,
    help: "our certificate",
  }),
  serverKey: textFlag({
    name: "server-key",
    placeholder: "PATH",
    fallback: "certs/server-key.pem",
    group: TRUST_GROUP,
    help: "our private key",
  }),
  allowClient: listFlag(
    {
      name: "allow-client",
      placeholder: "sha256/BASE64",
      separator: ",",
      group: TRUST_GROUP,
      help: "serve only clients with this public key (SPKI SHA-256); repeatable",
    },
    readPin,
  ),
  bits: valueFlag(
    {
      name: "bits",
      aliases: ["n-bits", "n_bits"],
      placeholder: "N",
      fallback: DEFAULT_BITS,
      group: SESSION_GROUP,
      help: "the zero bits that a client must find",
    },
    BITS.read,
  ),
  requests: valueFlag(
    {
      name: "requests",
      placeholder: "LIST",
      fallback: undefined,
      shownDefault: REQUESTS.join(","),
      group: SESSION_GROUP,
      help: "what to ask, in this order; repeats allowed",
    },
    readRequests,
  ),
  exercise: wholeFlag({
    name: "exercise",
    placeholder: "N",
    fallback: undefined,
    least: 1,
    most: MAX_EXERCISE,
    group: SESSION_GROUP,
    help: "ask N requests at random instead, to test other people's clients",
  }),
  failRate: valueFlag(
    {
      name: "fail-rate",
      placeholder: "P",
      fallback: undefined,
      shownDefault: "0",
      group: SESSION_GROUP,
      help: "with --exercise: the chance of a FAIL before each request, 0 to 1",
    },
    readChance,
  ),
  token: valueFlag(
    {
      name: "token",
      placeholder: "WORD",
      fallback: undefined,
      shownDefault: "fresh random for each session",
      group: SESSION_GROUP,
      help: "a fixed token, for tests",
    },
    TOKEN.read,
  ),
  randomString: valueFlag(
    {
      name: "random-string",
      placeholder: "WORD",
      fallback: undefined,
      shownDefault: "fresh random for each request",
      group: SESSION_GROUP,
      help: "a fixed arg of the requests, for tests",
    },
    TOKEN.read,
  ),
  maxSessions: wholeFlag({
    name: "max-sessions",
    placeholder: "N",
    fallback: 10_000,
    least: 1,
    most: MAX_SESSIONS,
    group: SESSION_GROUP,
    help: "connections beyond are told that we are busy; beyond twice as many, dropped",
  }),
  maxSessionsPerAddress: wholeFlag({
    name: "max-sessions-per-address",
    placeholder: "N",
    fallback: undefined,
    shownDefault: `${DEFAULT_SESSIONS_PER_ADDRESS}, the loopback exempt`,
    least: 0,
    most: MAX_SESSIONS,
    group: SESSION_GROUP,
    help: "the same for one IPv4 address or IPv6 /64; 0 for no limit",
  }),
  grace: secondsFlag({
    name: "grace",
    fallback: 10,
    zeroAllowed: true,
    group: SESSION_GROUP,
    help: "how long sessions may go on after SIGTERM or SIGINT",
  }),
} as const;

export type ServerFlags = FlagValues<typeof SERVER_FLAGS>;

/** What the flags say about a session, when they go together. */
export function readPlanSettings(flags: ServerFlags): PlanSettings {
  const { bits, token, randomString: arg, requests, exercise, failRate } = flags;
  if (requests !== undefined && exercise !== undefined) {
    throw new Fault("usage", "--requests and --exercise exclude each other");
  }
  if (failRate !== undefined && exercise === undefined) {
    throw new Fault("usage", "--fail-rate needs --exercise");
  }
  return {
    bits,
    token,
    arg,
    requests: requests ?? REQUESTS,
    exercise: exercise === undefined ? undefined : { requests: exercise, failRate: failRate ?? 0 },
  };
}

/**
 * How many connections the flags allow. Behind a proxy on this machine all clients have its
 * address, so the loopback is limited only when a limit was asked for.
 */
export function readCapacity({ maxSessions, maxSessionsPerAddress }: ServerFlags) {
  const perAddress = maxSessionsPerAddress ?? DEFAULT_SESSIONS_PER_ADDRESS;
  return {
    sessions: maxSessions,
    perAddress: perAddress === 0 ? Number.POSITIVE_INFINITY : perAddress,
    limitsLoopback: maxSessionsPerAddress !== undefined,
  };
}

/** Refuses flags that would have no effect, where that could leave a door open. */
export function requireEffect({ insecure, allowClient, reusePort }: ServerFlags): void {
  if (insecure && allowClient.length > 0) {
    throw new Fault("usage", "--allow-client needs certificates, which --insecure does without");
  }
  if (reusePort && process.platform !== "linux") {
    throw new Fault("usage", "--reuse-port is for Linux: elsewhere the port would not be shared");
  }
}

function readRequests(text: string): readonly RequestName[] {
  return text
    .split(",")
    .map((name) =>
      isRequestName(name) ? name : refuse(name, `is not one of ${REQUESTS.join(", ")}`),
    );
}

function readChance(text: string): number {
  const chance = /^\d+(?:\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : Number.NaN;
  return chance >= 0 && chance <= 1 ? chance : refuse(text, "is not a number from 0 to 1");
}
