import { describe, expect, test } from "bun:test";
import { hintFor } from "../../../src/cli/hints.ts";
import { LIBRARY_VOICE, sentenceOf } from "../../../src/fault/fault.ts";
import { toAsciiName } from "../../../src/host-name.ts";
import { canonicalIpv6, isLoopback } from "../../../src/ip-address.ts";
import {
  formatEndpoint,
  requireLoopback,
  requireLoopbackHost,
  resolveHost,
} from "../../../src/tls/hosts.ts";
import { faultOf as thrownBy } from "../../support/faults.ts";
import { faultOf } from "./ends.ts";

/** It is too long for a name, so no resolver is asked. */
const NOWHERE = "x".repeat(300);

describe("loopback addresses", () => {
  for (const address of ["127.0.0.1", "127.0.0.2", "127.255.255.255", "::1"]) {
    test(`include ${address}`, () => {
      expect(isLoopback(address)).toBe(true);
    });
  }

  for (const address of ["126.255.255.255", "128.0.0.0", "0.0.0.0", "192.0.2.1", "::", "::2"]) {
    test(`do not include ${address}`, () => {
      expect(isLoopback(address)).toBe(false);
    });
  }

  for (const name of ["localhost", "127.0.0.1.example.org", "127.1", ""]) {
    test(`are addresses, which "${name}" is not`, () => {
      expect(isLoopback(name)).toBe(false);
    });
  }
});

describe("insecure mode", () => {
  test("is allowed where every address is the loopback's", () => {
    expect(() => requireLoopback("localhost", ["127.0.0.1", "::1"])).not.toThrow();
  });

  test("is refused where one address is not, with a hint", () => {
    const fault = thrownBy(() => requireLoopback("intake.example.org", ["127.0.0.1", "192.0.2.1"]));

    expect(fault.family).toBe("usage");
    expect(fault.message).toContain("intake.example.org is not");
    expect(hintFor(fault, LIBRARY_VOICE)).toContain("tlslp certs");
  });

  test("is refused on all interfaces", () => {
    expect(() => requireLoopback("0.0.0.0", ["0.0.0.0"])).toThrow("only for the loopback");
  });
});

describe("insecure mode, for a host that must be resolved", () => {
  test("is allowed for localhost", async () => {
    await requireLoopbackHost("localhost", { seconds: 30 });
  });

  test("is refused for a name without an address", async () => {
    const fault = await faultOf(requireLoopbackHost(NOWHERE, { seconds: 30 }));

    expect(fault.family).toBe("usage");
    expect(fault.message).toBe(
      `trust "anybody" is only for the loopback, and ${NOWHERE} cannot be resolved`,
    );
  });

  test("has the name that the voice gives it", async () => {
    const voice = { ...LIBRARY_VOICE, setting: (key: string) => `--${key}` };

    const fault = await faultOf(requireLoopbackHost(NOWHERE, { seconds: 30 }));

    expect(sentenceOf(fault, voice)).toStartWith("--insecure is only for the loopback");
    expect(hintFor(fault, voice)).toStartWith("leave --insecure out");
  });

  test("ends with the signal's reason", async () => {
    const reason = new Error("enough");
    const asking = requireLoopbackHost("localhost", {
      seconds: 30,
      signal: AbortSignal.abort(reason),
    });

    await expect(asking).rejects.toBe(reason);
  });
});

describe("resolving a host", () => {
  test("returns the loopback for localhost, each address once", async () => {
    const addresses = await resolveHost("localhost", { seconds: 30 });

    expect(addresses.every(isLoopback)).toBe(true);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  test("returns an address unchanged", async () => {
    expect(await resolveHost("127.0.0.3", { seconds: 30 })).toEqual(["127.0.0.3"]);
  });

  test("looks up a name in the spelling of DNS", async () => {
    const wide = "\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54";

    expect(await resolveHost(wide, { seconds: 30 })).toEqual(
      await resolveHost("localhost", { seconds: 30 }),
    );
  });

  test("ends with the signal's reason when it aborts", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    expect(resolveHost("localhost", { seconds: 30, signal })).rejects.toThrow("enough");
  });

  test("fails with a transport fault that names the host", async () => {
    const fault = await faultOf(resolveHost(NOWHERE, { seconds: 30 }));

    expect(fault.family).toBe("transport");
    expect(fault.message).toBe(`cannot resolve the host ${NOWHERE}`);
    expect(hintFor(fault, LIBRARY_VOICE)).toContain("spelling");
  });
});

describe("a name in ASCII", () => {
  for (const [name, ascii] of [
    ["M\u00fcnchen.example", "xn--mnchen-3ya.example"],
    ["a.\u00fc", "a.xn--tda"],
    ["127.1", "127.0.0.1"],
    ["0x7f.0.0.1.", "127.0.0.1"],
    ["256.1.1.1", "256.1.1.1"],
    ["Localhost.", "Localhost."],
    ["::1", "::1"],
    ["\u00fc/localhost", "\u00fc/localhost"],
    ["\u00fc:1", "\u00fc:1"],
    ["\u00fc a", "\u00fc a"],
    ["xn--\u00fc", "xn--\u00fc"],
  ] as const) {
    test(`is ${ascii} for ${name}`, () => {
      expect(toAsciiName(name)).toBe(ascii);
    });
  }
});

describe("an endpoint", () => {
  test("is a host and a port", () => {
    expect(formatEndpoint("localhost", 1234)).toBe("localhost:1234");
  });

  test("has an IPv6 address in brackets", () => {
    expect(formatEndpoint("::1", 1234)).toBe("[::1]:1234");
  });
});

describe("an IPv6 address in its canonical spelling", () => {
  for (const [address, canonical] of [
    ["::1", "::1"],
    ["2001:0DB8:0:0:0:0:0:0001", "2001:db8::1"],
    ["::1.2.3.4", "::102:304"],
  ] as const) {
    test(`is ${canonical} for ${address}`, () => {
      expect(canonicalIpv6(address)).toBe(canonical);
    });
  }
});
