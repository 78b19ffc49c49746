/**
 * The host names in certificates.
 */
import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { Fault } from "../fault/fault.ts";
import { canonicalIpv6 } from "../ip-address.ts";
import { issuerOf } from "./subject.ts";

/** Returns the fault for a server whose certificate does not name the host that we called. */
export function otherHostNames(
  certificate: X509Certificate | undefined,
  wanted: string,
  cause?: unknown,
): Fault {
  const names = hostNamesOf(certificate?.subjectAltName ?? "");
  const issuer = certificate && issuerOf(certificate);
  return new Fault("otherHostNames", { names, wanted, issuer }, { cause });
}

/** No more names are shown than this, and none that cannot be typed. */
const MAX_NAMES = 8;
const TYPABLE = /^[\w.:*-]{1,253}$/;

/** The names in the runtime's "DNS:localhost, IP Address:0:0:0:0:0:0:0:1". */
function hostNamesOf(subjectAltName: string): readonly string[] {
  return subjectAltName
    .split(", ")
    .map((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? "")
    .filter((name) => TYPABLE.test(name))
    .map((name) => (isIP(name) === 6 ? canonicalIpv6(name) : name))
    .slice(0, MAX_NAMES);
}
