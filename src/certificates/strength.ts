/**
 * Certificates that are too weak to prove anything, whoever vouches for them. The TLS stack takes
 * RSA keys of any size, and signatures by SHA-1.
 */
import type { X509Certificate } from "node:crypto";

/** As OpenSSL's security level 2 and every public authority have it. */
const MIN_RSA_BITS = 2048;

/** For hints. */
export const USABLE_KEYS = "RSA of 2048 bits, Ed25519, P-256, P-384 or P-521";

/**
 * Names of signature algorithms whose digest nobody can find a second certificate for. (Of RSA-PSS
 * the name does not tell the digest, but the TLS stack takes those by SHA-2 alone.)
 */
const STRONG_SIGNATURE = /sha(?:224|256|384|512)|^ed25519$|^rsassaPss$/i;

export interface Weakness {
  readonly kind: "weak-key" | "weak-signature";
  /** What the certificate has, such as "an RSA key of 1024 bits; 2048 is the least". */
  readonly complaint: string;
  readonly remedy: string;
}

/** What is wrong with a certificate, if anything is. Throws where its key is of an unknown kind. */
export function weaknessOf(certificate: X509Certificate): Weakness | undefined {
  const bits = certificate.publicKey.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < MIN_RSA_BITS) {
    const complaint = `an RSA key of ${bits} bits; ${MIN_RSA_BITS} is the least`;
    return { kind: "weak-key", complaint, remedy: USABLE_KEYS };
  }
  // Of what has no name here, such as SHA-3, nothing is known.
  const { signatureAlgorithm = "an unknown algorithm" } = certificate;
  if (STRONG_SIGNATURE.test(signatureAlgorithm) || isSelfSigned(certificate)) {
    return undefined;
  }
  return {
    kind: "weak-signature",
    complaint: `a signature by ${signatureAlgorithm}; SHA-2 is needed`,
    remedy: "have it signed anew with SHA-256: openssl x509 -sha256, or default_md=sha256",
  };
}

/** Whose signature is its own proves nothing by it, and need not: it is believed as a file, or not. */
function isSelfSigned(certificate: X509Certificate): boolean {
  try {
    return certificate.verify(certificate.publicKey);
  } catch {
    return false; // Its issuer's key was of another kind.
  }
}
