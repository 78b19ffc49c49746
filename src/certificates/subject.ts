/**
 * Subjects and issuers of certificates, fit to be shown, and common names.
 */
import type { X509Certificate } from "node:crypto";
import { printable } from "../fault/printable.ts";

/**
 * How the subject of each authority that `makeCredentials` makes begins. The rest is its own,
 * because peers look for an authority, and for its revocation list, by this name.
 */
export const AUTHORITY_NAME = "CN=tlslp private CA";

/** The most characters of a name that are shown. */
const MAX_LENGTH = 200;

/** Returns a certificate's subject in one printable line of bounded length. */
export function subjectOf({ subject }: X509Certificate): string {
  return inOneLine(subject);
}

/** The runtime has a line for each part, with special characters escaped (RFC 4514). */
const COMMON_NAME = /^CN=((?:\\.|[^\\+\n])+)/m;

/**
 * Returns the common name in a certificate's subject, as it was written; the whole subject where it
 * has none. Not printable: names of people hold marks that a terminal must not get.
 */
export function commonNameOf(certificate: X509Certificate): string {
  return findCommonName(certificate) ?? inOneLine(certificate.subject);
}

/** Returns the same; undefined where the subject has no common name. */
export function findCommonName({ subject }: X509Certificate): string | undefined {
  const [, name] = COMMON_NAME.exec(subject ?? "") ?? [];
  // Control characters stay escaped, as two hexadecimal digits.
  return name === undefined ? undefined : shorten(name.replaceAll(/\\([^0-9A-F])/g, "$1"));
}

/**
 * Returns the subject of the authority that can issue the next certificate, or undefined if
 * `makeCredentials` made this one.
 */
export function issuerOf({ issuer }: X509Certificate): string | undefined {
  return issuer.startsWith(AUTHORITY_NAME) ? undefined : inOneLine(issuer) || "its issuer";
}

/** Joins the parts of a name. They are on lines of their own: a newline in a part is escaped. */
function inOneLine(name: string | undefined): string {
  return shorten(printable((name ?? "").replaceAll("\n", ", ")));
}

function shorten(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
