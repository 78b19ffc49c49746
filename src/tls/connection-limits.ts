/**
 * How many connections are open, in all and from each address, and what that means for the next
 * one: one rule for both. Beyond the limit it is turned away with a word; beyond twice the limit
 * there is no word either, because each word costs a handshake.
 */
import { isLoopback } from "./hosts.ts";

export interface Capacity {
  /** Connections in all; those beyond are turned away. */
  readonly sessions: number;
  /** Connections from one address; those beyond are turned away. Infinite: no limit. */
  readonly perAddress: number;
  /** Whether the limit per address holds for this machine's own addresses too. */
  readonly limitsLoopback: boolean;
  /** Connections that the process can hold; those beyond are dropped, whatever else is said. */
  readonly connections: number;
}

export type Entry = Dropped | Admitted;

/** Not counted: it must be closed at once. */
export interface Dropped {
  readonly admitted: false;
  readonly reason: string;
}

export interface Admitted {
  readonly admitted: true;
  /** Why it must be turned away after its handshake, if it must. */
  readonly refusal: string | undefined;
  /** To be called once, when the connection is gone. */
  leave(): void;
}

export interface ConnectionLimits {
  /** Judges, and counts, the next connection from an IP address. */
  enter(address: string): Entry;
}

export function createConnectionLimits(capacity: Capacity): ConnectionLimits {
  const { sessions, perAddress, limitsLoopback, connections } = capacity;
  const guests = new Map<string, number>();
  let open = 0;

  function leave(group: string): void {
    const left = (guests.get(group) ?? 0) - 1;
    open -= 1;
    if (left > 0) {
      guests.set(group, left);
    } else {
      guests.delete(group);
    }
  }

  return {
    enter(address) {
      const group = groupOf(address);
      const position = open + 1;
      const positionInGroup = (guests.get(group) ?? 0) + 1;
      const isCrowded = positionInGroup > perAddress && (limitsLoopback || !isLoopback(group));
      if (position > Math.min(2 * sessions, connections)) {
        return { admitted: false, reason: "too many connections" };
      }
      if (isCrowded && positionInGroup > 2 * perAddress) {
        return { admitted: false, reason: "too many connections from this address" };
      }
      open = position;
      guests.set(group, positionInGroup);
      return {
        admitted: true,
        refusal: refusalOf(position > sessions, isCrowded),
        leave: () => leave(group),
      };
    },
  };
}

function refusalOf(isFull: boolean, isCrowded: boolean): string | undefined {
  if (isFull) {
    return "busy";
  }
  return isCrowded ? "busy: too many connections from your address" : undefined;
}

/**
 * Whom an address stands for: IPv4 in either spelling for itself, IPv6 for its /64, which is what
 * one subscriber gets: who has one of these addresses has them all.
 */
export function groupOf(address: string): string {
  if (!address.includes(":")) {
    return address;
  }
  const [bare = ""] = address.split("%"); // a link-local address names its interface behind that
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
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

/** The eight 16-bit words of an IPv6 address in its canonical spelling, which has no dots. */
function wordsOf(canonical: string): readonly number[] {
  const [left = [], right = []] = canonical
    .split("::")
    .map((half) => (half === "" ? [] : half.split(":").map((word) => Number.parseInt(word, 16))));
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}
