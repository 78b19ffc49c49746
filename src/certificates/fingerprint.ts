/**
 * The identity of peers and public keys, from certificates.
 */
import { hash, type X509Certificate } from "node:crypto";
import { Fault } from "../fault/fault.ts";
import { weaknessOf } from "./strength.ts";
import { commonNameOf, subjectOf } from "./subject.ts";

/** The identity of a peer, from its certificate. */
export interface PeerIdentity {
  /** The certificate's subject, such as `CN=tlslp client`. */
  readonly subject: string;
  /** The common name in the subject; the whole subject where it has none. */
  readonly name: string;
  /** SHA-256 of the public key (SPKI, DER), as `sha256/BASE64`. */
  readonly fingerprint: string;
}

/**
 * Returns the identity that a certificate proves. Throws a transport fault if the certificate is
 * too weak to prove one.
 */
export function identify(certificate: X509Certificate): PeerIdentity {
  const fault = peerWeakness(certificate);
  if (fault !== undefined) {
    throw fault;
  }
  return {
    subject: subjectOf(certificate),
    name: commonNameOf(certificate),
    fingerprint: fingerprintOf(certificate),
  };
}

/** Returns a transport fault for a peer whose key or certificate others can forge. */
export function peerWeakness(certificate: X509Certificate): Fault | undefined {
  const weakness = weaknessOf(certificate);
  return weakness && new Fault("peerCertificateWeak", weakness);
}

/** Returns the SHA-256 of the SubjectPublicKeyInfo (RFC 7469, section 2.4), as `sha256/BASE64`. */
export function fingerprintOf(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  return `sha256/${hash("sha256", spki, "base64")}`;
}
