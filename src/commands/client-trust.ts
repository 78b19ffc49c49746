/**
 * The client's flags about certificates: which servers it trusts, and what it shows them.
 */

import type { Identity } from "../certificates/identity.ts";
import {
  type ClientTrust,
  type Findings,
  readServerTrust,
  readTlsConfig,
  requirePin,
  type TrustFiles,
} from "../certificates/tls-config.ts";
import { type FlagValues, fileFlag, listFlag, switchFlag } from "../cli/flag.ts";
import { Fault } from "../fault/fault.ts";
import { createPasswords } from "../io/password.ts";
import {
  CONNECTION_FLAGS,
  checkLists,
  readPin,
  TRUST_GROUP,
  trustFiles,
} from "./connection-flags.ts";

const DEFAULT_CERT = "certs/client-cert.pem";
const DEFAULT_KEY = "certs/client-key.pem";

export const CLIENT_TRUST_FLAGS = {
  caCert: fileFlag({
    name: "ca-cert",
    fallback: CONNECTION_FLAGS.caCert.fallback,
    group: TRUST_GROUP,
    help: "the authority that signed the server's certificate; system: those of the operating system; none: --pin alone decides",
  }),
  clientCert: fileFlag({
    name: "client-cert",
    fallback: undefined,
    shownDefault: DEFAULT_CERT,
    group: TRUST_GROUP,
    help: "our certificate, PEM; or PKCS #12 with our private key",
  }),
  privateKey: fileFlag({
    name: "private-key",
    fallback: undefined,
    shownDefault: DEFAULT_KEY,
    group: TRUST_GROUP,
    help: "our private key, PEM or PKCS #12; may be encrypted",
  }),
  noClientCert: switchFlag({
    name: "no-client-cert",
    group: TRUST_GROUP,
    help: "show no certificate, to a server that asks for none",
  }),
  pins: listFlag(
    {
      name: "pin",
      placeholder: "sha256/BASE64",
      separator: ",",
      group: TRUST_GROUP,
      help: "accept only a server with this public key (SPKI SHA-256); repeatable",
    },
    readPin,
  ),
} as const;

type ClientTrustFlags = FlagValues<typeof CLIENT_TRUST_FLAGS> & {
  readonly crl: readonly string[];
  readonly insecure: boolean;
};

interface ClientConfig extends Findings {
  readonly trust: ClientTrust;
  /** Undefined: no certificate is shown. */
  readonly identity: Identity | undefined;
}

const NO_FINDINGS: Findings = { expiries: [], setAside: [], warnings: [] };

/** Throws a usage fault for flags that exclude or need each other. */
export function checkClientTrustFlags(flags: ClientTrustFlags): void {
  const { insecure, caCert, crl, pins, noClientCert } = flags;
  if (insecure) {
    checkLists(crl, "insecure");
  } else {
    checkLists(crl, caCert === "none" ? "caCert" : undefined);
    requirePin(caCert, pins);
  }
  for (const setting of ["clientCert", "privateKey"] as const) {
    if (noClientCert && flags[setting] !== undefined) {
      throw new Fault("exclusive", { settings: [setting, "noClientCert"] });
    }
  }
}

/**
 * Reads the authorities, and our certificate. With --insecure neither is used, and no file is read.
 */
export async function readClientConfig(
  flags: ClientTrustFlags,
  signal: AbortSignal,
): Promise<ClientConfig> {
  if (flags.insecure) {
    return { ...NO_FINDINGS, trust: "anybody", identity: undefined };
  }
  const trust: TrustFiles | "none" = flags.caCert === "none" ? "none" : serverTrustFiles(flags);
  if (flags.noClientCert) {
    const trusted = trust === "none" ? { trust } : await readServerTrust(trust);
    return { ...NO_FINDINGS, ...trusted, identity: undefined };
  }
  const config = await readTlsConfig({
    end: "client",
    cert: { path: flags.clientCert ?? DEFAULT_CERT, purpose: "clientCert" },
    key: { path: flags.privateKey ?? DEFAULT_KEY, purpose: "clientKey" },
    isKeyOptional: flags.privateKey === undefined,
    password: createPasswords(process.env, signal).ask,
    trust: trust === "none" ? "anybody" : trust,
  });
  return trust === "none" ? { ...config, trust } : config;
}

/** Returns the files that decide which servers are trusted. */
function serverTrustFiles(flags: ClientTrustFlags): TrustFiles {
  const files = trustFiles(flags);
  return flags.caCert === "system" ? { ...files, authorities: "system" } : files;
}
