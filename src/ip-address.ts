/**
 * IP addresses, as text.
 */
import { BlockList, isIP } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Whether an IP address belongs to the loopback of this machine. */
export function isLoopback(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 4 ? "ipv4" : "ipv6");
}

/**
 * Returns an IPv6 address in its shortest spelling, with hexadecimal digits alone: `::102:304` for
 * `0:0:0:0:0:0:1.2.3.4`. Throws a TypeError for other text.
 */
export function canonicalIpv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
