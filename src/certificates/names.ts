/**
 * A server that has a certificate, but not for the name by which it was called.
 */
import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { type Fault, oldFault } from "../fault/fault.ts";
import { otherIssuer } from "./issuer.ts";

/** Adds the names that the certificate does carry, and how it could carry the wanted one too. */
export function withNames(
  fault: Fault,
  certificate: X509Certificate | undefined,
  wanted: string,
): Fault {
  const { family, kind } = fault;
  const names = namesOf(certificate?.subjectAltName ?? "");
  const issuer = certificate && otherIssuer(certificate);
  const remedy = issuer
    ? `ask ${issuer} for one that has ${wanted} in it`
    : `make it a new one: tlslp certs --force --hosts ${[...names, wanted].join(",")}`;
  if (names.length === 0) {
    const message = "the peer's certificate names no host; a common name does not count";
    return oldFault(family, message, { hint: remedy, kind, cause: fault });
  }
  return oldFault(family, `${fault.message}: ${names.join(", ")}, not ${wanted}`, {
    hint: `call it by one of these, or ${remedy}`,
    kind,
    cause: fault,
  });
}

/** No more are shown, and none that could not be typed. */
const MAX_NAMES = 8;
const TYPABLE = /^[\w.:*-]{1,253}$/;

/** The names in the runtime's "DNS:localhost, IP Address:0:0:0:0:0:0:0:1". */
function namesOf(subjectAltName: string): readonly string[] {
  return subjectAltName
    .split(", ")
    .map((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? "")
    .filter((name) => TYPABLE.test(name))
    .map((name) => (isIP(name) === 6 ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name))
    .slice(0, MAX_NAMES);
}
