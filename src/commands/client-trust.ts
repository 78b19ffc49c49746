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
import { type InputFile, readPipesAhead } from "../io/input.ts";
import { createPasswords } from "../io/password.ts";
import {
  CONNECTION_FLAGS,
  checkLists,
  readPin,
  TRUST_GROUP,
  trustFiles,
} from "./connection-flags.ts";
import type { Invited } from "./invited.ts";

const DEFAULT_AUTHORITIES = CONNECTION_FLAGS.caCert.fallback;
const DEFAULT_CERT = "certs/client-cert.pem";
const DEFAULT_KEY = "certs/client-key.pem";

export const CLIENT_TRUST_FLAGS = {
  caCert: fileFlag({
    name: "ca-cert",
    fallback: undefined,
    shownDefault: DEFAULT_AUTHORITIES,
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

/**
 * Throws a usage fault for flags that exclude or need each other, before a file is read.
 *
 * @param isInvited whether an invitation may have the pin that is needed
 */
export function checkClientTrustFlags(
  flags: ClientTrustFlags,
  { isInvited }: { readonly isInvited: boolean },
): void {
  const { insecure, caCert, crl, pins, noClientCert } = flags;
  if (insecure) {
    checkLists(crl, "insecure");
  } else {
    checkLists(crl, caCert === "none" ? "caCert" : undefined);
    requirePin(isInvited ? undefined : caCert, pins);
  }
  for (const setting of ["clientCert", "privateKey"] as const) {
    if (noClientCert && flags[setting] !== undefined) {
      throw new Fault("exclusive", { settings: [setting, "noClientCert"] });
    }
  }
}

/**
 * Reads the authorities, and our certificate. With --insecure neither is used, and no file is read.
 *
 * @param invited has each of them that no flag names
 */
export async function readClientConfig(
  flags: ClientTrustFlags,
  invited: Invited | undefined,
  signal: AbortSignal,
): Promise<ClientConfig> {
  if (flags.insecure) {
    return { ...NO_FINDINGS, trust: "anybody", identity: undefined };
  }
  requirePin(flags.caCert, flags.pins);
  const { caCert, clientCert, privateKey, crl } = flags;
  await readPipesAhead([caCert, clientCert, privateKey, ...crl], signal);
  const trust: TrustFiles | "none" =
    flags.caCert === "none" ? "none" : serverTrustFiles(flags, invited);
  if (flags.noClientCert) {
    const trusted = trust === "none" ? { trust } : await readServerTrust(trust);
    return { ...NO_FINDINGS, ...trusted, identity: undefined };
  }
  const config = await readTlsConfig({
    end: "client",
    ...ownFiles(flags, invited),
    isKeyOptional: flags.privateKey === undefined,
    password: createPasswords(process.env, signal).ask,
    trust: trust === "none" ? "anybody" : trust,
  });
  return trust === "none" ? { ...config, trust } : config;
}

/** Returns the files of our certificate and key. */
function ownFiles(
  { clientCert, privateKey }: ClientTrustFlags,
  invited: Invited | undefined,
): { readonly cert: InputFile; readonly key: InputFile } {
  const cert: InputFile | undefined =
    clientCert === undefined ? invited?.cert : { path: clientCert, purpose: "clientCert" };
  const key: InputFile | undefined =
    privateKey === undefined ? invited?.key : { path: privateKey, purpose: "clientKey" };
  if (invited !== undefined && key === undefined && clientCert === undefined) {
    throw new Fault("invitationWithoutKey", { file: invited.file });
  }
  return {
    cert: cert ?? { path: DEFAULT_CERT, purpose: "clientCert" },
    key: key ?? { path: DEFAULT_KEY, purpose: "clientKey" },
  };
}

/** Returns the files that decide which servers are trusted. */
function serverTrustFiles(
  { caCert, crl }: ClientTrustFlags,
  invited: Invited | undefined,
): TrustFiles {
  const files = trustFiles({ caCert: caCert ?? DEFAULT_AUTHORITIES, crl });
  if (caCert === "system") {
    return { ...files, authorities: "system" };
  }
  return caCert === undefined && invited !== undefined
    ? { ...files, authorities: invited.authorities }
    : files;
}
