/**
 * Lists of revoked certificates (RFC 5280, section 5).
 */
import type { X509Crl } from "@peculiar/x509";
import { loadX509, type X509Library } from "./x509-library.ts";

export interface RevocationList {
  readonly pem: string;
  readonly thisUpdate: Date;
  /** The end of its validity; optional in a list. */
  readonly nextUpdate: Date | undefined;
  /** Whether the authority of this certificate (PEM) made the list. */
  isSignedBy(authority: string): Promise<boolean>;
}

/** RFC 7468, section 6. The library's own name for it is one that other programs do not read. */
const TAG = "X509 CRL";
const PEM = /-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/g;

/**
 * Parses one list, DER. The library's default limit allows about two thousand certificates; this
 * limit is that of the file, because every part of a list takes at least two bytes.
 */
function parse({ X509Crl }: X509Library, bytes: Uint8Array): X509Crl {
  return new X509Crl(bytes, { berOptions: { maxNodes: bytes.length } });
}

/** Parses all lists of a PEM file, or the one of a DER file. Throws if one is damaged or none is there. */
export async function parseRevocationLists(bytes: Buffer): Promise<readonly RevocationList[]> {
  const x509 = await loadX509();
  const text = bytes.toString("latin1");
  if (!text.includes("-----BEGIN")) {
    return [describe(x509, parse(x509, bytes))];
  }
  const blocks = text.match(PEM) ?? [];
  if (blocks.length === 0 || blocks.length !== text.split("-----BEGIN").length - 1) {
    throw new Error("not a file of revocation lists");
  }
  return blocks.map((pem) =>
    describe(x509, parse(x509, new Uint8Array(x509.PemConverter.decodeFirst(pem)))),
  );
}

function describe({ PemConverter, X509Certificate }: X509Library, list: X509Crl): RevocationList {
  return {
    pem: PemConverter.encode(list.rawData, TAG),
    thisUpdate: list.thisUpdate,
    nextUpdate: list.nextUpdate,
    async isSignedBy(authority) {
      const certificate = new X509Certificate(authority);
      if (certificate.subject !== list.issuer) {
        return false;
      }
      // Of a certificate the library would also use the algorithm of its own signature, so the bare
      // key is given. It throws for a signature by another kind of key.
      return list.verify({ publicKey: certificate.publicKey }).catch(() => false);
    },
  };
}
