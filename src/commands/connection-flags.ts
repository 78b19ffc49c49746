/**
 * The flags that both ends of a connection have.
 */

import type { TrustFiles } from "../certificates/tls-config.ts";
import {
  fileFlag,
  listFlag,
  readText,
  readWhole,
  refuse,
  secondsFlag,
  switchFlag,
  valueFlag,
} from "../cli/flag.ts";
import { DEFAULT_TIMEOUTS } from "../conversation/exchange.ts";
import { oldFault } from "../fault/fault.ts";
import { readHost } from "./host.ts";

export const TRUST_GROUP = "Certificates";
const LIMITS_GROUP = "Time timeouts";

export const CONNECTION_FLAGS = {
  host: valueFlag(
    {
      name: "host",
      placeholder: "HOST",
      fallback: "localhost",
      help: "the server's host name or address",
    },
    readHost,
  ),
  caCert: fileFlag({
    name: "ca-cert",
    fallback: "certs/ca-cert.pem",
    group: TRUST_GROUP,
    help: "the authority that signed the other side's certificate",
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
    help: "believe anybody; only on the loopback",
  }),
  workTimeout: secondsFlag({
    name: "work-timeout",
    fallback: DEFAULT_TIMEOUTS.work,
    group: LIMITS_GROUP,
    help: "for the proof of work",
  }),
  otherTimeout: secondsFlag({
    name: "other-timeout",
    fallback: DEFAULT_TIMEOUTS.other,
    group: LIMITS_GROUP,
    help: "for every other step, the TLS handshake included",
  }),
} as const;

export const MAX_PORT = 65_535;

/** A port to connect to. */
export function readPort(text: string): number {
  return readWhole(text, 1, MAX_PORT);
}

/**
 * A public key's fingerprint: the Base64 of exactly the 32 bytes of a SHA-256. Its last letter has
 * four bits of them, and no other bits: with others the pin would match no key.
 */
export function readPin(text: string): string {
  return /^sha256\/[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text)
    ? text
    : refuse(text, "is not sha256/ and the Base64 of 32 bytes");
}

interface TrustFlags {
  readonly caCert: string;
  readonly crl: readonly string[];
  readonly insecure: boolean;
}

/** The files that say whom we believe. */
export function trustFiles({ caCert, crl, insecure }: TrustFlags): TrustFiles | "anybody" {
  if (insecure && crl.length > 0) {
    throw oldFault("usage", "--crl is about certificates, and --insecure does without");
  }
  return insecure
    ? "anybody"
    : {
        authorities: { path: caCert, purpose: "authorities" },
        revocations: crl.map((path) => ({ path, purpose: "revocations" as const })),
      };
}
