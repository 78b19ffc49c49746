/**
 * Certificates and keys from files, vetted before any socket sees them: the TLS stack accepts an
 * empty or foreign value in silence, and would then trust everybody.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { Fault } from "../fault/fault.ts";
import type { End, Weakness } from "../fault/sentences/certificates.ts";
import type { FilePurpose, NamedFile } from "../fault/sentences/files.ts";
import { type InputFile, readSecret, readTrustedText } from "../io/input.ts";
import { certificatesIn, otherFormIn } from "./pem.ts";
import { weaknessOf } from "./strength.ts";
import { issuerOf } from "./subject.ts";

/** A certificate (chain) and its private key, both PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** The files of an identity, for errors. */
interface IdentityFiles {
  readonly cert: NamedFile;
  readonly key: NamedFile;
}

/**
 * Reads and vets a certificate (chain) and its key, PEM; throws a usage fault that names the file
 * at fault. A key that others may write, or that everybody may read, is refused; so is a certificate
 * that is for the other end, where it is said which end this is.
 */
export function readIdentity(
  cert: InputFile | string,
  key: InputFile | string,
  end?: End,
): Identity {
  const certFile = toFile(cert, "cert");
  const keyFile = toFile(key, "key");
  const identity = { cert: readTrustedText(certFile), key: readSecret(keyFile) };
  vetIdentity(identity, end, { cert: certFile, key: keyFile });
  return identity;
}

/**
 * Throws a usage fault unless the certificate is valid now, and for this end, the key is its own,
 * and no certificate of the chain is weak.
 */
export function vetIdentity(
  { cert, key }: Identity,
  end?: End,
  files: IdentityFiles = { cert: { purpose: "cert" }, key: { purpose: "key" } },
): void {
  const chain = parseCertificates(cert, files.cert);
  const [leaf] = chain;
  if (!leaf.checkPrivateKey(parseKey(key, files.key))) {
    throw new Fault("keyMismatch", files);
  }
  refuseOutsideValidity(leaf, files.cert);
  if (end !== undefined) {
    refuseOtherUse(leaf, end, files.cert);
  }
  for (const certificate of chain) {
    refuseWeakness(certificate, files.cert);
  }
}

/** Reads and vets the certificates of those who may vouch for the peer, PEM. */
export function readAuthorities(authorities: InputFile | string): string {
  const file = toFile(authorities, "authorities");
  const text = readTrustedText(file);
  vetAuthorities(text, file);
  return text;
}

/** Throws a usage fault unless the text holds certificates of authorities, all valid now. */
export function vetAuthorities(text: string, file: NamedFile = { purpose: "authorities" }): void {
  for (const certificate of parseCertificates(text, file)) {
    if (!certificate.ca) {
      throw new Fault("notAuthority", { file });
    }
    refuseOutsideValidity(certificate, file);
    refuseWeakness(certificate, file);
  }
}

function toFile(file: InputFile | string, purpose: FilePurpose): InputFile {
  return typeof file === "string" ? { path: file, purpose } : file;
}

function parseCertificates(text: string, file: NamedFile): [X509Certificate, ...X509Certificate[]] {
  // The TLS stack would trust an authority in this form, although nothing vets it.
  const form = otherFormIn(text);
  if (form !== undefined) {
    throw new Fault("otherPemForm", { file, form });
  }
  const blocks = certificatesIn(text);
  if (blocks.length !== text.split("-----BEGIN CERTIFICATE-----").length - 1) {
    throw new Fault("fileDamaged", { file });
  }
  try {
    const [first, ...rest] = blocks.map((pem) => new X509Certificate(pem));
    if (first !== undefined) {
      return [first, ...rest];
    }
  } catch (cause) {
    throw new Fault("fileDamaged", { file }, { cause });
  }
  throw new Fault("noCertificate", { file });
}

function parseKey(text: string, file: NamedFile): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw new Fault("noPrivateKey", { file }, { cause });
  }
}

function refuseOutsideValidity(certificate: X509Certificate, file: NamedFile): void {
  const now = Date.now();
  if (now > Date.parse(certificate.validTo)) {
    const issuer = issuerOf(certificate);
    throw new Fault("certificateExpired", { file, date: certificate.validTo, issuer });
  }
  if (now < Date.parse(certificate.validFrom)) {
    throw new Fault("notYetValid", { file, date: certificate.validFrom });
  }
}

/** Extended key usages (RFC 5280, section 4.2.1.12), as certificates and as OpenSSL name them. */
const USES: Readonly<Record<End, { readonly id: string; readonly usage: string }>> = {
  server: { id: "1.3.6.1.5.5.7.3.1", usage: "serverAuth" },
  client: { id: "1.3.6.1.5.5.7.3.2", usage: "clientAuth" },
};
const ANY_USE = "2.5.29.37.0";

/** Every peer refuses a certificate that is for something else. */
function refuseOtherUse(certificate: X509Certificate, end: End, file: NamedFile): void {
  const { id, usage } = USES[end];
  // In spite of its name `keyUsage` holds the extended ones; without any, all uses are allowed.
  const uses = certificate.keyUsage as readonly string[] | undefined;
  if (uses !== undefined && !uses.includes(id) && !uses.includes(ANY_USE)) {
    throw new Fault("wrongUse", { file, end, usage });
  }
}

function refuseWeakness(certificate: X509Certificate, file: NamedFile): void {
  let weakness: Weakness | undefined;
  try {
    weakness = weaknessOf(certificate);
  } catch (cause) {
    throw new Fault("unusableKey", { file }, { cause });
  }
  if (weakness !== undefined) {
    throw new Fault("weakCertificate", { file, weakness });
  }
}
