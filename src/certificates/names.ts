/**
 * The host names in certificates (RFC 9525). Only alternative names count, never a common name.
 */
import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { PeerText } from "../fault/define.ts";
import { Fault } from "../fault/fault.ts";
import { canonicalIpv6 } from "../ip-address.ts";
import { issuerOf } from "./subject.ts";

/** Alternative names of a certificate that can be host names. */
interface AlternativeNames {
  /** DNS names and IP addresses. */
  readonly hosts: readonly string[];
  /** IP addresses that are there only as DNS names, where no client looks for them. */
  readonly addressesAsDns: readonly string[];
}

/** A common name never counts, and a wildcard matches a whole label (RFC 9525, section 6.3). */
const STRICT = { subject: "never", partialWildcards: false } as const;

/** Returns why a server's certificate is not for a DNS name or an address, if so. */
export function nameFault(certificate: X509Certificate, name: string): Fault | undefined {
  const isNamed =
    isIP(name) === 0
      ? certificate.checkHost(name, STRICT) !== undefined
      : certificate.checkIP(name) !== undefined;
  return isNamed ? undefined : otherHostNames(certificate, name);
}

/** Returns the fault for a server whose certificate does not name the host that we called. */
export function otherHostNames(
  certificate: X509Certificate | undefined,
  wanted: string,
  cause?: unknown,
): Fault {
  const { hosts, addressesAsDns } = alternativeNamesOf(certificate);
  const issuer = certificate && issuerOf(certificate);
  const facts = {
    names: hosts.slice(0, MAX_NAMES).map((name) => new PeerText(name)),
    wanted,
    issuer: issuer === undefined ? undefined : new PeerText(issuer),
    isDnsName: addressesAsDns.includes(wanted),
  };
  return new Fault("otherHostNames", facts, { cause });
}

/** No more names are shown than this, and none that cannot be typed. */
const MAX_NAMES = 8;
const TYPABLE = /^[\w.:*-]{1,253}$/;

/** Reads the runtime's "DNS:localhost, IP Address:0:0:0:0:0:0:0:1". */
export function alternativeNamesOf(certificate: X509Certificate | undefined): AlternativeNames {
  const entries = (certificate?.subjectAltName ?? "")
    .split(", ")
    .map((entry) => /^(DNS|IP Address):(.+)$/.exec(entry) ?? [])
    .map(([, kind, name = ""]) => ({
      isDns: kind === "DNS",
      name: isIP(name) === 6 ? canonicalIpv6(name) : name,
    }))
    .filter(({ name }) => TYPABLE.test(name));
  const isMisplaced = (entry: (typeof entries)[number]) => entry.isDns && isIP(entry.name) !== 0;
  const hosts = entries.filter((entry) => !isMisplaced(entry)).map(({ name }) => name);
  const addressesAsDns = entries.filter(isMisplaced).map(({ name }) => name);
  return { hosts, addressesAsDns: addressesAsDns.filter((name) => !hosts.includes(name)) };
}
