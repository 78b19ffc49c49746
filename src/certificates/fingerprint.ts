/**
 * Who a peer is, by the certificate that it showed.
 */
import { hash, type X509Certificate } from "node:crypto";
import { type Fault, oldFault } from "../fault/fault.ts";
import { printable } from "../fault/printable.ts";
import { weaknessOf } from "./strength.ts";

export interface PeerIdentity {
  /** As `subjectOf` gives it, such as `CN=tlslp client`. */
  readonly subject: string;
  /** SHA-256 of the public key (SPKI, DER), as `sha256/BASE64`. */
  readonly fingerprint: string;
}

/** No name that a person reads is longer, in characters. */
const MAX_SUBJECT_LENGTH = 200;

/** Peers that were identified lately, by the SHA-256 of their whole certificate. */
const known = new Map<string, PeerIdentity>();
export const MAX_KNOWN = 1000;

/**
 * Who a certificate is for. Most peers come back: to look into it takes longer than to know it.
 * Throws a transport fault where it is too weak to say.
 */
export function identify(certificate: X509Certificate): PeerIdentity {
  const key = certificate.fingerprint256;
  const found = known.get(key);
  if (found !== undefined) {
    return found;
  }
  const weak = weaknessFault(certificate);
  if (weak !== undefined) {
    throw weak;
  }
  if (known.size === MAX_KNOWN) {
    known.clear();
  }
  const identity = { subject: subjectOf(certificate), fingerprint: fingerprintOf(certificate) };
  known.set(key, identity);
  return identity;
}

/** What speaks against a peer whose key, or certificate, others may have found by computing. */
export function weaknessFault(certificate: X509Certificate): Fault | undefined {
  const weakness = weaknessOf(certificate);
  if (weakness === undefined) {
    return undefined;
  }
  const { kind, complaint, remedy } = weakness;
  return oldFault("transport", `the peer's certificate has ${complaint}`, {
    hint: `its owner needs another one: ${remedy}`,
    kind,
  });
}

/** SHA-256 of the SubjectPublicKeyInfo (RFC 7469, section 2.4), as `sha256/BASE64`. */
export function fingerprintOf(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  return `sha256/${hash("sha256", spki, "base64")}`;
}

/**
 * A certificate's subject: printable, in one line, not too long. The runtime escapes what a name
 * holds (RFC 4514), so a newline is always its own.
 */
export function subjectOf({ subject }: X509Certificate): string {
  return readableName(subject);
}

/** The same of a certificate's issuer, as the runtime gives it. */
export function readableName(name: string | undefined): string {
  const text = printable((name ?? "").replaceAll("\n", ", "));
  return text.length > MAX_SUBJECT_LENGTH ? `${text.slice(0, MAX_SUBJECT_LENGTH)}…` : text;
}
