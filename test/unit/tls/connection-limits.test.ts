import { describe, expect, test } from "bun:test";
import {
  type Admitted,
  type Capacity,
  createConnectionLimits,
  groupOf,
} from "../../../src/tls/connection-limits.ts";

const ROOMY: Capacity = {
  sessions: 100,
  perAddress: 100,
  limitsLoopback: true,
  connections: 1000,
};

/** Opens connections from these addresses, one after the other; returns how each is treated. */
function fill(capacity: Partial<Capacity>, addresses: readonly string[]): readonly string[] {
  const limits = createConnectionLimits({ ...ROOMY, ...capacity });
  return addresses.map((address) => {
    const entry = limits.enter(address);
    return entry.admitted ? (entry.refusal ?? "served") : `dropped: ${entry.scope}`;
  });
}

function times(count: number, address: string): readonly string[] {
  return new Array<string>(count).fill(address);
}

/** Returns addresses of different subscribers. */
function distinctAddresses(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `192.0.2.${index}`);
}

describe("connections in all", () => {
  test("beyond the limit are refused, beyond twice the limit dropped", () => {
    expect(fill({ sessions: 2 }, distinctAddresses(5))).toEqual([
      ...["served", "served"],
      ...["busy", "busy"],
      "dropped: all",
    ]);
  });

  test("beyond the descriptors of the process are dropped without a FAIL", () => {
    expect(fill({ sessions: 2, connections: 3 }, distinctAddresses(4))).toEqual([
      ...["served", "served", "busy"],
      "dropped: all",
    ]);
  });
});

describe("connections from one address", () => {
  test("follow the same rule, and the reason names it", () => {
    const refused = "busy: too many connections from your address";
    const dropped = "dropped: address";

    expect(fill({ perAddress: 1 }, times(3, "192.0.2.1"))).toEqual(["served", refused, dropped]);
  });

  test("do not count against other addresses", () => {
    expect(fill({ perAddress: 1 }, distinctAddresses(3))).toEqual(times(3, "served"));
  });

  test("have no limit where it is infinite", () => {
    const capacity = { perAddress: Number.POSITIVE_INFINITY };

    expect(fill(capacity, times(100, "192.0.2.1"))).toEqual(times(100, "served"));
  });

  for (const address of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]) {
    test(`are limited on the loopback only where that is wanted: ${address}`, () => {
      const two = times(2, address);

      expect(fill({ perAddress: 1, limitsLoopback: false }, two)).toEqual(times(2, "served"));
      expect(fill({ perAddress: 1, limitsLoopback: true }, two)[1]).toStartWith("busy");
    });
  }

  test("make room for others when they leave, for the address and in all", () => {
    const limits = createConnectionLimits({ ...ROOMY, sessions: 2, perAddress: 1 });
    const admitted = ["192.0.2.1", "192.0.2.2"].map((address) => limits.enter(address) as Admitted);
    for (const connection of admitted) {
      connection.leave();
    }

    for (const address of ["192.0.2.1", "192.0.2.2"]) {
      expect(limits.enter(address)).toMatchObject({ admitted: true, refusal: undefined });
    }
  });

  test("that were dropped do not count", () => {
    const limits = createConnectionLimits({ ...ROOMY, sessions: 1 });
    const admitted = distinctAddresses(2).map((address) => limits.enter(address) as Admitted);
    expect(limits.enter("192.0.2.9").admitted).toBe(false);
    for (const connection of admitted) {
      connection.leave();
    }

    expect(limits.enter("192.0.2.9")).toMatchObject({ admitted: true, refusal: undefined });
  });
});

describe("one subscriber", () => {
  const GROUPS: readonly (readonly [string, string])[] = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::ffff:c000:0201", "192.0.2.1"],
    ["::1", "::1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ];

  for (const [address, group] of GROUPS) {
    test(`is ${group} for ${address}`, () => {
      expect(groupOf(address)).toBe(group);
    });
  }
});
