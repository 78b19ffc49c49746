/**
 * Host names and the addresses behind them.
 */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";
import { withTimeout } from "../deadline.ts";
import { Fault, oldFault } from "../fault/fault.ts";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Of what has a meaning in a URL the conversion would make something else. */
const INTERNATIONAL = /^[\w.-]*[\u{80}-\u{10ffff}][\w.\u{80}-\u{10ffff}-]*$/u;

/**
 * A host name as DNS and certificates have it: `xn--mnchen-3ya.example` for `münchen.example`. What
 * cannot be one stays as it is.
 */
export function toAsciiName(host: string): string {
  return INTERNATIONAL.test(host) ? domainToASCII(host) || host : host;
}

/** How long the resolver may take, and what ends the wait before. */
interface LookupLimits {
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** Whether an IP address is one of this machine's own loopback. */
export function isLoopback(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 4 ? "ipv4" : "ipv6");
}

/**
 * The addresses of a host, each once, in the resolver's order. Throws a transport fault, a timeout
 * fault after so many seconds, or the signal's reason.
 */
export async function resolveHost(
  host: string,
  { seconds, signal }: LookupLimits,
): Promise<readonly [string, ...string[]]> {
  const looking = lookup(toAsciiName(host), { all: true }).catch((cause: unknown) => {
    throw unresolved(host, cause);
  });
  const found = await withTimeout({ seconds, step: `resolving the host ${host}`, signal }, looking);
  const [first, ...rest] = new Set(found.map(({ address }) => address));
  if (first === undefined) {
    throw unresolved(host, undefined);
  }
  return [first, ...rest];
}

/** Refuses to go on insecurely unless every address of the host is this machine's own. */
export function requireLoopback(host: string, addresses: readonly string[]): void {
  if (!addresses.every(isLoopback)) {
    throw new Fault("notLoopback", { host, isResolved: true });
  }
}

/**
 * The same for a host whose addresses are not known yet: if it has none, it may be anybody. Throws a
 * usage fault, a timeout fault when the answer takes too long, or the signal's reason.
 */
export async function requireLoopbackHost(host: string, limits: LookupLimits): Promise<void> {
  const addresses = await resolveHost(host, limits).catch((cause: unknown) => {
    const isUnknown = cause instanceof Fault && cause.family === "transport";
    throw isUnknown ? new Fault("notLoopback", { host, isResolved: false }, { cause }) : cause;
  });
  requireLoopback(host, addresses);
}

/** `host:port`, an IPv6 host in brackets. */
export function formatEndpoint(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function unresolved(host: string, cause: unknown): Fault {
  return oldFault("transport", `cannot resolve the host ${host}`, {
    cause,
    hint: "check its spelling and the name resolution of this machine",
  });
}
