/**
 * Certificates as they are shown to people: all of a file, whatever is wrong with them.
 */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { Fault } from "../fault/fault.ts";
import { printable } from "../fault/printable.ts";
import { type InputFile, readAny } from "../io/input.ts";
import { canonicalIpv6 } from "../ip-address.ts";
import { readCertificates } from "./certificate-file.ts";
import { type AskPassword, withoutPkcs12 } from "./decrypted-file.ts";
import { SEQUENCE } from "./der.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { subjectOf } from "./subject.ts";

/** The parts of a certificate that are shown, printable; undefined where one cannot be read. */
export interface ShownCertificate {
  readonly file: string;
  readonly subject: string;
  /** DNS names and addresses alone, others with their kind, such as `email:ada@example.org`. */
  readonly names: readonly string[];
  readonly notBefore: Date | undefined;
  readonly notAfter: Date | undefined;
  /** SHA-256 of its public key, as `sha256/BASE64`. */
  readonly fingerprint: string | undefined;
}

export interface ShownFile {
  readonly certificates: readonly ShownCertificate[];
  /** Why parts of the file cannot be shown. */
  readonly damaged: readonly Fault[];
}

/**
 * Reads the certificates of a file: PEM, DER or PKCS #12.
 *
 * @param ask called if it is encrypted PKCS #12
 * @throws {Fault} "usage" when the file cannot be read, or holds no certificate
 */
export async function readShown(file: InputFile, ask: AskPassword): Promise<ShownFile> {
  const bytes = readAny(file);
  const single = parseDer(bytes);
  if (single !== undefined) {
    return { certificates: [show(single, file.path)], damaged: [] };
  }
  const pem = await withoutPkcs12(bytes, file, ask);
  const { certificates, damaged, strays } = readCertificates(pem, file);
  return {
    certificates: certificates.map(({ certificate }) => show(certificate, file.path)),
    damaged: [...damaged, ...strays],
  };
}

function parseDer(bytes: Buffer): X509Certificate | undefined {
  try {
    // No text begins with this byte.
    return bytes[0] === SEQUENCE ? new X509Certificate(bytes) : undefined;
  } catch {
    return undefined;
  }
}

function show(certificate: X509Certificate, path: string): ShownCertificate {
  return {
    file: printable(path),
    subject: subjectOf(certificate),
    names: namesOf(certificate),
    notBefore: toDate(certificate.validFrom),
    notAfter: toDate(certificate.validTo),
    fingerprint: tryFingerprint(certificate),
  };
}

/** The runtime separates names by commas; a name that has one itself is in quotes. */
const NAME = /(?:[^,"]|"(?:\\.|[^"\\])*")+/g;
const MAX_NAME_LENGTH = 260;

function namesOf({ subjectAltName = "" }: X509Certificate): readonly string[] {
  const entries = subjectAltName.match(NAME) ?? [];
  return entries.filter(isNoDirectoryName).map((entry) => {
    const [, name = entry.trim()] = /^\s*(?:DNS|IP Address):(.*)$/s.exec(entry) ?? [];
    return printable(isIP(name) === 6 ? canonicalIpv6(name) : name).slice(0, MAX_NAME_LENGTH);
  });
}

/** The certificates that tlslp makes for clients have their subject as such a name. */
function isNoDirectoryName(entry: string): boolean {
  return !entry.trimStart().startsWith("DirName:");
}

function toDate(text: string): Date | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function tryFingerprint(certificate: X509Certificate): string | undefined {
  try {
    return fingerprintOf(certificate);
  } catch {
    return undefined; // The key is of an unknown kind.
  }
}
