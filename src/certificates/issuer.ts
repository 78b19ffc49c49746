/**
 * Who issued a certificate, and so makes the next one.
 */
import type { X509Certificate } from "node:crypto";
import { AUTHORITY_NAME } from "./credentials.ts";
import { readableName } from "./fingerprint.ts";

/** Whom to ask for another certificate; nobody where `tlslp certs` made this one. */
export function otherIssuer({ issuer }: X509Certificate): string | undefined {
  return issuer === AUTHORITY_NAME ? undefined : readableName(issuer) || "who issued it";
}
