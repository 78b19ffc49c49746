import { describe, expect, test } from "bun:test";
import { hintFor } from "../../../src/cli/hints.ts";
import { Fault, LIBRARY_VOICE } from "../../../src/fault/fault.ts";
import { causeOf, settingsFault, tlsFault } from "../../../src/tls/tls-errors.ts";
import { summary } from "../../support/faults.ts";

/** Codes and texts of the TLS stack that no test here can cause with a live peer. */
const MEANINGS: readonly (readonly [string, string, string])[] = [
  [
    "SSLV3_ALERT_CERTIFICATE_EXPIRED",
    "our-certificate",
    "the peer says that our certificate has expired",
  ],
  [
    "SSLV3_ALERT_CERTIFICATE_REVOKED",
    "our-certificate",
    "the peer says that our certificate was revoked",
  ],
  ["SSLV3_ALERT_BAD_CERTIFICATE", "our-certificate", "the peer rejects our certificate"],
  ["SSLV3_ALERT_CERTIFICATE_UNKNOWN", "our-certificate", "the peer rejects our certificate"],
  ["SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", "our-certificate", "the peer rejects our certificate"],
  [
    "TLSV1_ALERT_UNKNOWN_CA",
    "our-certificate",
    "does not know the authority that signed our certificate",
  ],
  ["TLSV1_ALERT_PROTOCOL_VERSION", "version", "TLS 1.2 is the oldest allowed"],
  ["SSLV3_ALERT_HANDSHAKE_FAILURE", "cipher", "no cipher in common"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "untrusted", "not signed by an authority that we trust"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "untrusted", "not signed by an authority that we trust"],
  ["CERT_CHAIN_TOO_LONG", "untrusted", "too many authorities"],
  ["PATH_LENGTH_EXCEEDED", "untrusted", "too many authorities"],
  ["CERT_REJECTED", "untrusted", "oversteps what its authorities allow"],
  ["CERT_REVOKED", "revoked", "the peer's certificate was revoked"],
  ["ECONNRESET", "closed", "the peer closed the connection"],
];

describe("an error of the TLS stack", () => {
  for (const [code, kind, meaning] of MEANINGS) {
    test(`${code} means: ${meaning}`, () => {
      const error = Object.assign(new Error("failed"), { code });

      const fault = tlsFault(error);

      expect(fault.message).toContain(meaning);
      expect(fault.family).toBe("transport");
      expect<string>(causeOf(fault)).toBe(kind);
      expect(fault.cause).toBe(error);
    });
  }

  test("is understood by its text when its code is unknown", () => {
    for (const text of ["permitted subtree violation", "unhandled critical extension"]) {
      const fault = tlsFault(Object.assign(new Error(text), { code: "UNSPECIFIED" }));
      expect(fault.message).toContain("oversteps what its authorities allow");
      expect(causeOf(fault)).toBe("untrusted");
    }
    const text = "error:10000070:SSL routines:OPENSSL_internal:UNSUPPORTED_PROTOCOL";

    expect(tlsFault(Object.assign(new Error(text), { code: "EPROTO" })).message).toContain(
      "TLS 1.2 is the oldest allowed",
    );
  });

  test("of OpenSSL without a meaning of its own is shown in words", () => {
    const text = "error:10000104:SSL routines:OPENSSL_internal:TOO_MANY_KEY_UPDATES";

    expect(tlsFault(Object.assign(new Error(text), { code: "EPROTO" })).message).toBe(
      "TLS failed: too many key updates",
    );
  });

  test("of an unknown kind is shown as it is", () => {
    const error = Object.assign(new Error("the moon is full"), { code: "EMOON" });

    const fault = tlsFault(error);

    expect(fault.message).toBe("TLS failed: EMOON the moon is full");
    expect(causeOf(fault)).toBe("other");
  });

  test("that is missing is a missing certificate", () => {
    const fault = tlsFault(null);

    expect(fault.message).toBe("TLS failed: no certificate");
    expect(causeOf(fault)).toBe("no-certificate");
  });
});

describe("the cause of a failed connection", () => {
  test("is timeout or other for a fault that has no closer word", () => {
    expect(causeOf(new Fault("timedOut", { step: "the TLS handshake", seconds: 10 }))).toBe(
      "timeout",
    );
    expect(causeOf(new Fault("closed", {}))).toBe("other");
  });

  test("of a peer with a weak certificate is its weakness", () => {
    const fault = new Fault("peerCertificateWeak", { kind: "weak-key", bits: 1024, minBits: 2048 });
    expect(causeOf(fault)).toBe("weak-key");
  });
});

test("settings that the TLS stack does not take are a usage fault with a hint", () => {
  const text = "error:0b000075:X.509:OPENSSL_internal:UNSUPPORTED_ALGORITHM";
  const fault = settingsFault(new Error(text));
  expect(summary(fault)).toBe("usage: the certificates cannot be used: unsupported algorithm");
  expect(hintFor(fault, LIBRARY_VOICE)).toStartWith("our key must be one of RSA");
});
