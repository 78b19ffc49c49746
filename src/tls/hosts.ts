/**
 * Host names, and the addresses that they have.
 */
import { lookup } from "node:dns/promises";
import { withTimeout } from "../deadline.ts";
import { Fault, isFault } from "../fault/fault.ts";
import { toAsciiName } from "../host-name.ts";
import { isLoopback } from "../ip-address.ts";

/**
 * Returns the name to resolve. `localhost.` is in no table of hosts, and always means the loopback
 * (RFC 6761, section 6.3).
 */
function nameToResolve(host: string): string {
  return /^localhost\.$/i.test(host) ? "localhost" : toAsciiName(host);
}

interface LookupOptions {
  readonly seconds: number;
  /** Ends the wait early; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the addresses of a host, each once, in the resolver's order.
 *
 * @throws {Fault} "transport" when it has none, "timeout" when that takes longer
 */
export async function resolveHost(
  host: string,
  { seconds, signal }: LookupOptions,
): Promise<readonly [string, ...string[]]> {
  const looking = lookup(nameToResolve(host), { all: true }).catch((cause: unknown) => {
    throw new Fault("unresolved", { host }, { cause });
  });
  const found = await withTimeout({ seconds, step: `resolving the host ${host}`, signal }, looking);
  const [first, ...rest] = new Set(found.map(({ address }) => address));
  if (first === undefined) {
    throw new Fault("unresolved", { host });
  }
  return [first, ...rest];
}

/** Throws a usage fault unless all addresses of a host belong to the loopback. */
export function requireLoopback(host: string, addresses: readonly string[]): void {
  if (!addresses.every(isLoopback)) {
    throw new Fault("notLoopback", { host, isResolved: true });
  }
}

/**
 * Resolves a host, and throws a usage fault unless it has addresses and all of them are loopback.
 *
 * @throws {Fault} "timeout" when that takes longer
 */
export async function requireLoopbackHost(host: string, options: LookupOptions): Promise<void> {
  const addresses = await resolveHost(host, options).catch((cause: unknown) => {
    throw isFault(cause, "unresolved")
      ? new Fault("notLoopback", { host, isResolved: false }, { cause })
      : cause;
  });
  requireLoopback(host, addresses);
}

/** Returns `host:port`, with an IPv6 host in brackets. */
export function formatEndpoint(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
