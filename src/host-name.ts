/**
 * Host names, as DNS and certificates spell them.
 */
import { isIP } from "node:net";
import { domainToASCII } from "node:url";

/** Names with letters beyond ASCII, and without characters that mean something in a URL. */
const INTERNATIONAL = /^[\w.-]*[\u{80}-\u{10ffff}][\w.\u{80}-\u{10ffff}-]*$/u;

/** Old spellings of IPv4 addresses, such as `127.1` or `0x7f000001`, which resolvers take. */
const OLD_IPV4 = /^(?:0x[\da-f]+|\d+)(?:\.(?:0x[\da-f]+|\d+)){0,3}\.?$/i;

/**
 * Returns a host name as DNS and certificates spell it: `xn--mnchen-3ya.example` for
 * `münchen.example`, and `127.0.0.1` for `127.1`. Text that cannot be such a name is returned
 * unchanged.
 */
export function toAsciiName(host: string): string {
  return INTERNATIONAL.test(host) || OLD_IPV4.test(host) ? domainToASCII(host) || host : host;
}

/**
 * Returns the name that a host's certificate carries: without the dot of the DNS root, and an
 * address without the zone of a link (`%eth0`).
 */
export function certificateNameOf(host: string): string {
  const name = toAsciiName(host);
  return isIP(name) === 0 ? name.replace(/\.$/, "") : name.replace(/%.*$/, "");
}
