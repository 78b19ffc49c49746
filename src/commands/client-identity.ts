/**
 * The flags and files of a client's certificate, and of its trust.
 */
import { readTlsConfig } from "../certificates/tls-config.ts";
import { type FlagValues, fileFlag, listFlag } from "../cli/flag.ts";
import { createPasswords } from "../io/password.ts";
import { type CONNECTION_FLAGS, readPin, TRUST_GROUP, trustFiles } from "./connection-flags.ts";

const DEFAULT_KEY = "certs/client-key.pem";

export const IDENTITY_FLAGS = {
  clientCert: fileFlag({
    name: "client-cert",
    fallback: "certs/client-cert.pem",
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

type Flags = FlagValues<
  typeof IDENTITY_FLAGS & Pick<typeof CONNECTION_FLAGS, "caCert" | "crl" | "insecure">
>;

/** Reads our certificate and the authorities; neither is used with --insecure. */
export async function readClientConfig(flags: Flags, signal: AbortSignal) {
  const trust = trustFiles(flags);
  if (trust === "anybody") {
    return { trust, identity: undefined, expiries: [], setAside: [], warnings: [] };
  }
  return readTlsConfig({
    end: "client",
    cert: { path: flags.clientCert, purpose: "clientCert" },
    key: { path: flags.privateKey ?? DEFAULT_KEY, purpose: "clientKey" },
    isKeyOptional: flags.privateKey === undefined,
    password: createPasswords(process.env, signal).ask,
    trust,
  });
}
