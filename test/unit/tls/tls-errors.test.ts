import { describe, expect, test } from "bun:test";
import { tlsFault } from "../../../src/tls/tls-errors.ts";

/** Codes and texts of the TLS stack that no test here can make a live peer cause. */
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
      expect(fault).toMatchObject({ family: "transport", kind });
      expect(fault.cause).toBe(error);
    });
  }

  test("is understood by its text when its code says nothing", () => {
    for (const text of ["permitted subtree violation", "unhandled critical extension"]) {
      const fault = tlsFault(Object.assign(new Error(text), { code: "UNSPECIFIED" }));
      expect(fault.message).toContain("oversteps what its authorities allow");
      expect(fault.kind).toBe("untrusted");
    }
    const text = "error:10000070:SSL routines:OPENSSL_internal:UNSUPPORTED_PROTOCOL";

    expect(tlsFault(Object.assign(new Error(text), { code: "EPROTO" })).message).toContain(
      "TLS 1.2 is the oldest allowed",
    );
  });

  test("that needs no translation is shown in the library's words", () => {
    const text = "error:10000104:SSL routines:OPENSSL_internal:TOO_MANY_KEY_UPDATES";

    expect(tlsFault(Object.assign(new Error(text), { code: "EPROTO" })).message).toBe(
      "TLS failed: too many key updates",
    );
  });

  test("that nobody knows is shown as it is", () => {
    const error = Object.assign(new Error("the moon is full"), { code: "EMOON" });

    const fault = tlsFault(error);

    expect(fault.message).toBe("TLS failed: EMOON the moon is full");
    expect(fault.kind).toBe("other");
  });

  test("that is missing is a missing certificate", () => {
    const fault = tlsFault(null);

    expect(fault.message).toBe("TLS failed: no certificate");
    expect(fault.kind).toBe("no-certificate");
  });
});
