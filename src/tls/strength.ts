/**
 * Keys that are too weak to prove anything, whoever vouches for them. The TLS stack takes RSA keys
 * of any size.
 */
import type { X509Certificate } from "node:crypto";

/** As OpenSSL's security level 2 and every public authority have it. */
const MIN_RSA_BITS = 2048;

/** What is wrong with a certificate's key, such as "an RSA key of 1024 bits; …", if anything is. */
export function weaknessOf(certificate: X509Certificate): string | undefined {
  const bits = certificate.publicKey.asymmetricKeyDetails?.modulusLength;
  return bits !== undefined && bits < MIN_RSA_BITS
    ? `an RSA key of ${bits} bits; ${MIN_RSA_BITS} is the least`
    : undefined;
}
