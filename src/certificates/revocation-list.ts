/**
 * Lists of revoked certificates (RFC 5280, section 5).
 */
import type { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { Fault } from "../fault/fault.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import { contentOf, isPkcs12 } from "./certificate-file.ts";
import { listExtensionsOf, SEQUENCE } from "./der.ts";
import { encodePem, type PemBlock, readPem } from "./pem.ts";
import { loadX509, type X509Library } from "./x509-library.ts";

/** Either it is critical, or the list that has it is partial. */
interface UnusableExtension {
  readonly id: string;
  readonly isPartial: boolean;
}

export interface RevocationList {
  readonly der: Uint8Array;
  readonly issuer: string;
  readonly thisUpdate: Date;
  /** The end of its validity; optional in a list. */
  readonly nextUpdate: Date | undefined;
  /** Whether it names the key that signed it, not only the authority. */
  readonly hasKeyIdentifier: boolean;
  /** An extension because of which the TLS stack refuses every certificate of the authority. */
  readonly unusableExtension: UnusableExtension | undefined;
  /** Whether the authority of this certificate made the list. */
  isSignedBy(authority: X509Certificate): Promise<boolean>;
}

/** Extensions of lists (RFC 5280, section 5.2). */
const AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
/** A list with one of these is for a part of the authority's certificates, or for changes alone. */
const PARTIAL = ["2.5.29.27", "2.5.29.28"];

/** RFC 7468, section 6, and a shorter label that some programs write. */
const LABELS = ["X509 CRL", "CRL"];

/**
 * Reads all lists of a PEM file, or the one of a DER file; a fault for each that cannot be read.
 * Throws a usage fault if there is none.
 */
export async function readRevocationLists(
  bytes: Buffer,
  file: NamedFile,
): Promise<readonly (RevocationList | Fault)[]> {
  const x509 = await loadX509();
  const { blocks, strayLines } = readPem(bytes, file);
  const lists = blocks.filter(({ label }) => LABELS.includes(label));
  // No PEM begins with this byte, and all DER does.
  const isDer = bytes[0] === SEQUENCE && !isPkcs12(bytes);
  const found = isDer ? [wholeFile(bytes)] : lists;
  const parsed = found.map((block) => parse(x509, block, file));
  const strays = strayLines.map((line) => new Fault("outsidePem", { file, line }));
  if (parsed.length + strays.length === 0) {
    throw new Fault("noListInFile", { file, found: contentOf(bytes, blocks) });
  }
  return [...parsed, ...strays];
}

function wholeFile(der: Buffer): Pick<PemBlock, "der" | "line"> {
  return { der, line: 0 };
}

function parse(
  x509: X509Library,
  { der, line }: Pick<PemBlock, "der" | "line">,
  file: NamedFile,
): RevocationList | Fault {
  try {
    return toRevocationList(x509, der ?? Buffer.of());
  } catch (cause) {
    return new Fault("revocationListDamaged", line > 0 ? { file, line } : { file }, { cause });
  }
}

function toRevocationList({ X509Certificate, X509Crl }: X509Library, der: Buffer): RevocationList {
  // The library's default limit allows about two thousand certificates. This one allows as many as
  // the list has room for: each of its parts takes at least two bytes.
  const list = new X509Crl(new Uint8Array(der), { berOptions: { maxNodes: der.length } });
  createSecureContext({ crl: encodePem("X509 CRL", der) }); // Throws where the TLS stack would.
  const extensions = listExtensionsOf(der);
  return {
    der: new Uint8Array(list.rawData),
    issuer: list.issuer,
    thisUpdate: list.thisUpdate,
    nextUpdate: list.nextUpdate,
    hasKeyIdentifier: extensions.some(({ id }) => id === AUTHORITY_KEY_IDENTIFIER),
    unusableExtension: extensions
      .map(({ id, isCritical }) => ({ id, isCritical, isPartial: PARTIAL.includes(id) }))
      .find(({ id, isCritical, isPartial }) => {
        return isPartial || (isCritical && id !== AUTHORITY_KEY_IDENTIFIER);
      }),
    async isSignedBy({ raw }) {
      const certificate = new X509Certificate(new Uint8Array(raw));
      if (certificate.subject !== list.issuer) {
        return false;
      }
      // Given a certificate, the library would also use the algorithm of that certificate's
      // signature, so it gets the bare key. It throws for a signature by another kind of key.
      return list.verify({ publicKey: certificate.publicKey }).catch(() => false);
    },
  };
}
