/**
 * Lists of revoked certificates (RFC 5280, section 5).
 */
import { PemConverter, X509Certificate, X509Crl } from "@peculiar/x509";

export interface RevocationList {
  readonly pem: string;
  readonly thisUpdate: Date;
  /** Until when it holds; a list need not say. */
  readonly nextUpdate: Date | undefined;
  /** Whether an authority, by its certificate (PEM), made it. */
  isSignedBy(authority: string): Promise<boolean>;
}

/** RFC 7468, section 6; the library itself has another name for it, which nobody else reads. */
const TAG = "X509 CRL";
const PEM = /-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/g;

/**
 * The library's own limit is at about two thousand certificates. No part of a list is smaller than
 * two bytes, so there is none but the file's length.
 */
function read(bytes: Uint8Array): X509Crl {
  return new X509Crl(bytes, { berOptions: { maxNodes: bytes.length } });
}

/** Reads all the lists of a file, PEM, or the one, DER. Throws when there is none or one is damaged. */
export function parseRevocationLists(bytes: Buffer): readonly RevocationList[] {
  const text = bytes.toString("latin1");
  if (!text.includes("-----BEGIN")) {
    return [describe(read(bytes))];
  }
  const blocks = text.match(PEM) ?? [];
  if (blocks.length === 0 || blocks.length !== text.split("-----BEGIN").length - 1) {
    throw new Error("not a file of revocation lists");
  }
  return blocks.map((pem) => describe(read(new Uint8Array(PemConverter.decodeFirst(pem)))));
}

function describe(list: X509Crl): RevocationList {
  return {
    pem: PemConverter.encode(list.rawData, TAG),
    thisUpdate: list.thisUpdate,
    nextUpdate: list.nextUpdate,
    async isSignedBy(authority) {
      const certificate = new X509Certificate(authority);
      if (certificate.subject !== list.issuer) {
        return false;
      }
      // The bare key: of a certificate the library would take the algorithm that signed it, too.
      // What cannot be verified at all, such as a signature of another kind of key, is not verified.
      return list.verify({ publicKey: certificate.publicKey }).catch(() => false);
    },
  };
}
