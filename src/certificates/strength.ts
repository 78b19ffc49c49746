/**
 * Keys and signatures that others can forge. The TLS stack accepts RSA keys of any size, and
 * signatures by SHA-1.
 */
import type { KeyObject, X509Certificate } from "node:crypto";
import type { Weakness } from "../fault/sentences/certificates.ts";

/** The minimum of OpenSSL's security level 2, and of every public authority. */
const MIN_RSA_BITS = 2048;

interface Curve {
  /** The identifier in certificates and keys. */
  readonly id: string;
  /** The name that OpenSSL and Node use. */
  readonly name: string;
  /** The name that Web Crypto uses. */
  readonly webName: string;
}

/** The curves of the keys that can be used. */
export const USABLE_CURVES: readonly Curve[] = [
  { id: "1.2.840.10045.3.1.7", name: "prime256v1", webName: "P-256" },
  { id: "1.3.132.0.34", name: "secp384r1", webName: "P-384" },
  { id: "1.3.132.0.35", name: "secp521r1", webName: "P-521" },
];

/** The keys to use instead of a weak one, for hints. */
export const USABLE_KEYS = "RSA of 2048 bits, Ed25519, P-256, P-384 or P-521";

/**
 * Names of signature algorithms with a digest that resists collisions. (The name of RSA-PSS does
 * not include the digest, but the TLS stack accepts RSA-PSS only with SHA-2.)
 */
const STRONG_SIGNATURE = /sha(?:224|256|384|512)|^ed25519$|^rsassaPss$/i;

/** Returns why others can find out the private key of a public one, if so. */
export function weakKey({ asymmetricKeyDetails }: KeyObject): Weakness | undefined {
  const bits = asymmetricKeyDetails?.modulusLength;
  return bits !== undefined && bits < MIN_RSA_BITS
    ? { kind: "weak-key", bits, minBits: MIN_RSA_BITS }
    : undefined;
}

/**
 * Returns why others can forge a certificate, if so. Throws if its key is of an unknown kind.
 *
 * @param isRoot whether it is trusted for itself, so that its signature does not matter; default:
 *   whether it signed itself, which takes long to find out and is seldom needed
 */
export function weaknessOf(certificate: X509Certificate, isRoot?: boolean): Weakness | undefined {
  const keyWeakness = weakKey(certificate.publicKey);
  if (keyWeakness !== undefined) {
    return keyWeakness;
  }
  // The runtime has no name for some algorithms, such as those with SHA-3.
  const { signatureAlgorithm: algorithm = "an unknown algorithm" } = certificate;
  if (STRONG_SIGNATURE.test(algorithm) || (isRoot ?? isSelfSigned(certificate))) {
    return undefined;
  }
  return { kind: "weak-signature", algorithm };
}

/**
 * Whether a certificate signed itself. The algorithm of such a signature does not matter: the
 * certificate is trusted because the user configured it.
 */
export function isSelfSigned(certificate: X509Certificate): boolean {
  try {
    return certificate.verify(certificate.publicKey);
  } catch {
    return false; // The issuer's key is of another kind.
  }
}
