/**
 * Host names and addresses in flags.
 */
import { isIP, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import { readText } from "../cli/flag.ts";
import { Fault } from "../fault/fault.ts";
import { canonicalIpv6 } from "../ip-address.ts";

/** A DNS label, RFC 1123, with the underscore that many internal names have. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const MAX_NAME_LENGTH = 253;

/** Every handshake carries all names, and TLS stacks refuse certificates that are very long. */
const MAX_CERTIFICATE_HOSTS = 100;

/** Parses a host to bind or to connect to; an IPv6 address may be in brackets, as before a port. */
export function readHost(value: string, setting: string): string {
  const [, bracketed] = /^\[(.*)\]$/.exec(value) ?? [];
  if (bracketed !== undefined) {
    if (isIPv6(bracketed)) {
      return bracketed;
    }
    throw new Fault("notBracketedAddress", { setting, value });
  }
  if (value.includes("*")) {
    throw new Fault("wildcardHost", { setting, value });
  }
  // A name that ends with a dot is complete: no search domain is added to it.
  if (isIP(value) !== 0 || toDnsName(value.replace(/\.$/, "")) !== undefined) {
    return value;
  }
  const text = readText(value, setting);
  throw new Fault("notHost", { setting, value: text, hostInside: findHost(text) });
}

/** Parses the hosts of a certificate, separated by commas. */
export function readCertificateHosts(value: string, setting: string): readonly string[] {
  const hosts = new Set(value.split(",").map((host) => readCertificateHost(host, setting)));
  if (hosts.size > MAX_CERTIFICATE_HOSTS) {
    const [count, most] = [hosts.size, MAX_CERTIFICATE_HOSTS];
    throw new Fault("tooManyHosts", { setting, value, count, most });
  }
  return Array.from(hosts);
}

/** Parses a host of a certificate; a name may begin with `*.`, for every host of a domain. */
function readCertificateHost(value: string, setting: string): string {
  if (isIP(value) !== 0 && !value.includes("%")) {
    // The certificate library misreads an address with a dotted tail, such as ::1.2.3.4.
    return isIPv6(value) ? canonicalIpv6(value) : value;
  }
  const [, wildcard = "", rest = ""] = /^(\*\.)?(.*)$/s.exec(value) ?? [];
  const name = toDnsName(rest);
  // The conversion turns "127.1" into an address: the certificate would be for another host.
  if (name === undefined || isIP(name) !== 0) {
    throw new Fault("notHost", { setting, value });
  }
  return wildcard + name;
}

/**
 * Returns a host name in the letters of DNS, in lower case; undefined for a text that is no name.
 * The conversion treats its input as the host in a URL, so characters with a meaning there are
 * refused.
 */
function toDnsName(name: string): string | undefined {
  const ascii = /[\s/?#@:%\\]/.test(name) ? "" : domainToASCII(name);
  const isName =
    ascii.length <= MAX_NAME_LENGTH && ascii.split(".").every((label) => LABEL.test(label));
  return isName ? ascii : undefined;
}

/** Returns the host in a URL or before a port, for a hint. */
function findHost(text: string): string | undefined {
  const [, inUrl, inEndpoint] =
    /^(?:[a-z][a-z0-9+.-]*:\/\/(\[[^\]]*\]|[^/?#:]*).*|(.*):\d+)$/is.exec(text) ?? [];
  const host = inUrl ?? inEndpoint ?? "";
  const isHost = toDnsName(host) !== undefined || isIPv6(host.replace(/^\[(.*)\]$/, "$1"));
  return isHost ? host : undefined;
}
