/**
 * The flags that both ends of a connection have.
 */

import type { TrustFiles } from "../certificates/tls-config.ts";
import {
  fileFlag,
  listFlag,
  readText,
  readWhole,
  secondsFlag,
  switchFlag,
  valueFlag,
} from "../cli/flag.ts";
import { DEFAULT_TIMEOUTS } from "../conversation/exchange.ts";
import { Fault } from "../fault/fault.ts";
import type { Anonymity } from "../fault/sentences/command-line.ts";
import { checkPin, MAX_PORT } from "../options.ts";
import { readHost } from "./host.ts";

export const TRUST_GROUP = "Certificates";
const TIMEOUTS_GROUP = "Timeouts";

export const DEFAULT_HOST = "localhost";

export const CONNECTION_FLAGS = {
  host: valueFlag(
    {
      name: "host",
      placeholder: "HOST",
      fallback: DEFAULT_HOST,
      help: "the server's host name or address",
    },
    readHost,
  ),
  caCert: fileFlag({
    name: "ca-cert",
    fallback: "certs/ca-cert.pem",
    group: TRUST_GROUP,
    help: "the authority that signed the peer's certificate",
  }),
  crl: listFlag(
    {
      name: "crl",
      placeholder: "PATH",
      offers: "files",
      group: TRUST_GROUP,
      help: "the authority's list of revoked certificates, PEM or DER; repeatable",
    },
    readText,
  ),
  insecure: switchFlag({
    name: "insecure",
    group: TRUST_GROUP,
    help: "trust every peer; only on the loopback",
  }),
  workTimeout: secondsFlag({
    name: "work-timeout",
    fallback: DEFAULT_TIMEOUTS.work,
    group: TIMEOUTS_GROUP,
    help: "for the proof of work",
  }),
  otherTimeout: secondsFlag({
    name: "other-timeout",
    fallback: DEFAULT_TIMEOUTS.other,
    group: TIMEOUTS_GROUP,
    help: "for every other step, the TLS handshake included",
  }),
} as const;

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** Parses `HOST:PORT`, or a port alone; an IPv6 address is in brackets. */
export function readEndpoint(
  value: string,
  setting: string,
  { host: fallback, leastPort }: { readonly host: string; readonly leastPort: number },
): HostAndPort {
  const [, inBrackets, name, port] = /^(?:(?:\[([^\]]+)\]|([^:[\]]*)):)?([^:]+)$/.exec(value) ?? [];
  const isHostAlone = name === undefined && inBrackets === undefined && /[a-z.]/i.test(port ?? "");
  if (port === undefined || isHostAlone) {
    throw new Fault("notEndpoint", { setting, value });
  }
  const host = inBrackets === undefined ? name || fallback : `[${inBrackets}]`;
  return { host: readHost(host, setting), port: readWhole(port, setting, leastPort, MAX_PORT) };
}

/** Parses a list of ports to connect to. */
export function readPorts(text: string, setting: string): readonly number[] {
  return text.split(",").map((port) => readWhole(port, setting, 1, MAX_PORT));
}

/** Parses a public key's fingerprint. */
export function readPin(value: string, setting: string): string {
  return checkPin(setting, value);
}

/**
 * Throws a usage fault for lists of revoked certificates where no certificates count.
 *
 * @param anonymity why they do not count; undefined: they do
 */
export function checkLists(crl: readonly string[], anonymity: Anonymity | undefined): void {
  if (crl.length > 0 && anonymity !== undefined) {
    throw new Fault("needsCertificates", { setting: "crl", without: anonymity });
  }
}

/** Returns the files of the authorities and lists that decide which peers we trust. */
export function trustFiles({
  caCert,
  crl,
}: {
  readonly caCert: string;
  readonly crl: readonly string[];
}) {
  return {
    authorities: { path: caCert, purpose: "authorities" },
    revocations: crl.map((path) => ({ path, purpose: "revocations" as const })),
  } satisfies TrustFiles;
}
