/**
 * Connection limits: one for all connections together, and one for those from each address. The
 * same rule holds for both. A connection beyond the limit is refused with FAIL; one beyond twice
 * the limit is dropped at once, because a FAIL costs a handshake.
 */
import { canonicalIpv6, isLoopback } from "../ip-address.ts";

export interface Capacity {
  /** Connections that are served at a time; further ones are refused. */
  readonly sessions: number;
  /** Connections from one address; further ones are refused. Infinite: no limit. */
  readonly perAddress: number;
  /** Whether the limit per address holds for this machine's own addresses too. */
  readonly limitsLoopback: boolean;
  /** Connections that the process can hold; further ones are dropped in any case. */
  readonly connections: number;
}

export type Admission = Dropped | Admitted;

/** Not counted: the connection must be closed at once. */
export interface Dropped {
  readonly admitted: false;
  /** Which limit was exceeded. */
  readonly scope: "all" | "address";
}

export interface Admitted {
  readonly admitted: true;
  /** The reason of the FAIL with which the connection must be refused, if it must. */
  readonly refusal: string | undefined;
  /** Must be called once, when the connection has ended. */
  leave(): void;
}

export interface ConnectionLimits {
  /** Decides about the next connection from an IP address, and counts it. */
  enter(address: string): Admission;
}

export function createConnectionLimits(capacity: Capacity): ConnectionLimits {
  const { sessions, perAddress, limitsLoopback, connections } = capacity;
  const openPerGroup = new Map<string, number>();
  let open = 0;

  function leave(group: string): void {
    const left = (openPerGroup.get(group) ?? 0) - 1;
    open -= 1;
    if (left > 0) {
      openPerGroup.set(group, left);
    } else {
      openPerGroup.delete(group);
    }
  }

  return {
    enter(address) {
      const group = groupOf(address);
      const position = open + 1;
      const positionInGroup = (openPerGroup.get(group) ?? 0) + 1;
      const isGroupFull = positionInGroup > perAddress && (limitsLoopback || !isLoopback(group));
      if (position > Math.min(2 * sessions, connections)) {
        return { admitted: false, scope: "all" };
      }
      if (isGroupFull && positionInGroup > 2 * perAddress) {
        return { admitted: false, scope: "address" };
      }
      open = position;
      openPerGroup.set(group, positionInGroup);
      return {
        admitted: true,
        refusal: refusalOf(position > sessions, isGroupFull),
        leave: () => leave(group),
      };
    },
  };
}

function refusalOf(isFull: boolean, isGroupFull: boolean): string | undefined {
  if (isFull) {
    return "busy";
  }
  return isGroupFull ? "busy: too many connections from your address" : undefined;
}

/**
 * Returns the name under which an address is counted: an IPv4 address in either spelling by itself,
 * an IPv6 address by its /64 network, because one subscriber has all addresses of a /64.
 */
export function groupOf(address: string): string {
  if (!address.includes(":")) {
    return address;
  }
  const [bare = ""] = address.split("%"); // "%eth0" names the interface of a link-local address.
  const canonical = canonicalIpv6(bare);
  if (isLoopback(canonical)) {
    return canonical;
  }
  const words = wordsOf(canonical);
  const [high = 0, low = 0] = words.slice(6);
  return canonical.startsWith("::ffff:") && words[5] === 0xffff
    ? [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".")
    : `${words
        .slice(0, 4)
        .map((word) => word.toString(16))
        .join(":")}::/64`;
}

/** Returns the eight 16-bit words of an IPv6 address in its canonical spelling, without dots. */
function wordsOf(canonical: string): readonly number[] {
  const [left = [], right = []] = canonical
    .split("::")
    .map((half) => (half === "" ? [] : half.split(":").map((word) => Number.parseInt(word, 16))));
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}
