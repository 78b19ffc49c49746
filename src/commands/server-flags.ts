/**
 * The flags of `tlslp server`, and which of them go together.
 */
import {
  type FlagValues,
  fileFlag,
  listFlag,
  readWhole,
  refuse,
  secondsFlag,
  switchFlag,
  valueFlag,
  wholeFlag,
} from "../cli/flag.ts";
import { oldFault } from "../fault/fault.ts";
import { DEFAULT_CAPACITY } from "../server/server.ts";
import { CONNECTION_FLAGS, MAX_PORT, readPin, TRUST_GROUP } from "./connection-flags.ts";
import { readHost } from "./host.ts";
import { PLAN_FLAGS, SESSION_GROUP } from "./plan-flags.ts";

const MAX_SESSIONS = 1_000_000;

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
  serverCert: fileFlag({
    name: "server-cert",
    fallback: "certs/server-cert.pem",
    group: TRUST_GROUP,
    help: "our certificate",
  }),
  serverKey: fileFlag({
    name: "server-key",
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
  ...PLAN_FLAGS,
  maxSessions: wholeFlag({
    name: "max-sessions",
    placeholder: "N",
    fallback: DEFAULT_CAPACITY.sessions,
    least: 1,
    most: MAX_SESSIONS,
    group: SESSION_GROUP,
    help: "connections beyond are told that we are busy; beyond twice as many, dropped",
  }),
  maxSessionsPerAddress: wholeFlag({
    name: "max-sessions-per-address",
    placeholder: "N",
    fallback: undefined,
    shownDefault: `${DEFAULT_CAPACITY.perAddress}, the loopback exempt`,
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
  metrics: valueFlag(
    {
      name: "metrics",
      placeholder: "[HOST:]PORT",
      fallback: undefined,
      shownDefault: "none",
      help: "serve /metrics, /healthz and /readyz over HTTP, on the loopback if no host is given",
    },
    readMetricsAddress,
  ),
} as const;

export type ServerFlags = FlagValues<typeof SERVER_FLAGS>;

/**
 * How many connections the flags allow. Behind a proxy on this machine all clients have its
 * address, so the loopback is limited only when a limit was asked for.
 */
export function readCapacity({ maxSessions, maxSessionsPerAddress }: ServerFlags) {
  const perAddress = maxSessionsPerAddress ?? DEFAULT_CAPACITY.perAddress;
  return {
    sessions: maxSessions,
    perAddress: perAddress === 0 ? Number.POSITIVE_INFINITY : perAddress,
    limitsLoopback: maxSessionsPerAddress !== undefined,
  };
}

/** Refuses flags that would have no effect, where that could leave a door open. */
export function requireEffect({ insecure, allowClient, reusePort }: ServerFlags): void {
  if (insecure && allowClient.length > 0) {
    throw oldFault("usage", "--allow-client needs certificates, which --insecure does without");
  }
  if (reusePort && process.platform !== "linux") {
    throw oldFault("usage", "--reuse-port is for Linux: elsewhere the port would not be shared");
  }
}

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

function readMetricsAddress(text: string): HostAndPort {
  const [, inBrackets, name, port] = /^(?:(?:\[([^\]]+)\]|([^:[\]]*)):)?([^:]+)$/.exec(text) ?? [];
  if (port === undefined) {
    return refuse(text, "is not HOST:PORT or PORT; an IPv6 address is put in brackets");
  }
  const host = inBrackets === undefined ? name || "127.0.0.1" : `[${inBrackets}]`;
  return { host: readHost(host), port: readWhole(port, 0, MAX_PORT) };
}
