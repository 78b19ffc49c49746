/**
 * The flags of `tlslp server`, and the checks of their combinations.
 */
import {
  choiceFlag,
  type FlagValues,
  fileFlag,
  listFlag,
  readWhole,
  secondsFlag,
  switchFlag,
  valueFlag,
  wholeFlag,
} from "../cli/flag.ts";
import { Fault } from "../fault/fault.ts";
import type { Anonymity } from "../fault/sentences/command-line.ts";
import { MAX_PORT } from "../options.ts";
import {
  CLIENTS,
  DEFAULT_MAX_SESSIONS,
  DEFAULT_MAX_SESSIONS_PER_ADDRESS,
  MAX_SESSIONS,
} from "../server/start-server.ts";
import type { Ports } from "../tls/bind.ts";
import {
  CONNECTION_FLAGS,
  checkLists,
  type HostAndPort,
  readEndpoint,
  readPin,
  TRUST_GROUP,
} from "./connection-flags.ts";
import { INTAKE_FLAGS } from "./intake-flags.ts";
import { PLAN_FLAGS, SESSION_GROUP } from "./plan-flags.ts";

export const DEFAULT_KEY = "certs/server-key.pem";
/** In seconds. */
export const CRL_REFRESH = 60;

export const SERVER_FLAGS = {
  ...CONNECTION_FLAGS,
  caCert: {
    ...CONNECTION_FLAGS.caCert,
    help: "the authority that signs the clients' certificates",
  },
  port: wholeFlag({
    name: "port",
    placeholder: "PORT",
    fallback: 1234,
    least: 0,
    most: MAX_PORT,
    help: "the port to listen on; 0 for a free one",
  }),
  ports: valueFlag(
    {
      name: "ports",
      placeholder: "LIST",
      fallback: undefined,
      shownDefault: "--port alone",
      rival: "port",
      help: "listen on all of these ports instead, such as 1234,7883",
    },
    readPorts,
  ),
  reusePort: switchFlag({
    name: "reuse-port",
    help: "share the port with other servers that have this flag; Linux only",
  }),
  serverCert: fileFlag({
    name: "server-cert",
    fallback: "certs/server-cert.pem",
    group: TRUST_GROUP,
    help: "our certificate, PEM; or PKCS #12 with our private key",
  }),
  serverKey: fileFlag({
    name: "server-key",
    fallback: undefined,
    shownDefault: DEFAULT_KEY,
    group: TRUST_GROUP,
    help: "our private key, PEM or PKCS #12; may be encrypted",
  }),
  clients: choiceFlag({
    name: "clients",
    choices: CLIENTS,
    fallback: "known",
    group: TRUST_GROUP,
    help: "known: with a certificate of the authority; anybody: without any certificate",
  }),
  crlRefresh: secondsFlag({
    name: "crl-refresh",
    fallback: undefined,
    shownDefault: String(CRL_REFRESH),
    group: TRUST_GROUP,
    help: "with --crl: read the lists again within this time of a change of their files",
  }),
  allowedClients: listFlag(
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
  ...INTAKE_FLAGS,
  maxSessions: wholeFlag({
    name: "max-sessions",
    placeholder: "N",
    fallback: DEFAULT_MAX_SESSIONS,
    least: 1,
    most: MAX_SESSIONS,
    group: SESSION_GROUP,
    help: "refuse further clients with FAIL busy; drop connections above twice this",
  }),
  maxSessionsPerAddress: wholeFlag({
    name: "max-sessions-per-address",
    placeholder: "N",
    fallback: undefined,
    shownDefault: `${DEFAULT_MAX_SESSIONS_PER_ADDRESS}, the loopback exempt`,
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
    help: "the time that sessions have to finish after SIGTERM or SIGINT",
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

/** Parses the ports to listen on; 0 may be there several times, other ports once. */
function readPorts(value: string, setting: string): Ports {
  const [first = "", ...rest] = value.split(",");
  const read = (text: string) => readWhole(text, setting, 0, MAX_PORT);
  const ports: Ports = [read(first), ...rest.map(read)];
  const twice = ports.find((port, i) => port !== 0 && ports.indexOf(port) < i);
  if (twice !== undefined) {
    throw new Fault("listedTwice", { setting, value: String(twice) });
  }
  return ports;
}

export type ServerFlags = FlagValues<typeof SERVER_FLAGS>;

/**
 * Returns the flag by which clients need no certificate, if there is one. Throws a usage fault for
 * flags about certificates that would have no effect.
 */
export function anonymityOf({
  insecure,
  clients,
  crl,
  crlRefresh,
}: ServerFlags): Anonymity | undefined {
  if (insecure && clients === "anybody") {
    throw new Fault("exclusive", { settings: ["clients", "insecure"], reason: "onlyLoopback" });
  }
  const ofClients = clients === "anybody" ? "clients" : undefined;
  const anonymity = insecure ? "insecure" : ofClients;
  checkLists(crl, anonymity);
  if (crlRefresh !== undefined && crl.length === 0) {
    throw new Fault("needsOther", { setting: "crlRefresh", needed: "crl" });
  }
  return anonymity;
}

/** Reads an address for HTTP; without a host it is on the loopback. */
export function readMetricsAddress(value: string, setting: string): HostAndPort {
  return readEndpoint(value, setting, { host: "127.0.0.1", leastPort: 0 });
}
