import { describe, expect, test } from "bun:test";
import { hintFor } from "../../../src/cli/hints.ts";
import { Fault, LIBRARY_VOICE } from "../../../src/fault/fault.ts";
import { causeOf, settingsFault, tlsFault } from "../../../src/tls/tls-errors.ts";
import { summary } from "../../support/faults.ts";

/** The TLS stack's verdicts about certificates (X509_V_ERR_…), by the kind of each. */
const VERDICTS: Readonly<Record<string, readonly string[]>> = {
  untrusted: [
    "unable to get issuer certificate",
    "unable to get local issuer certificate",
    "unable to verify the first certificate",
    "unable to decrypt certificate's signature",
    "unable to decode issuer public key",
    "certificate signature failure",
    "self signed certificate",
    "self signed certificate in certificate chain",
    "certificate chain too long",
    "invalid CA certificate",
    "path length constraint exceeded",
    "certificate not trusted",
    "certificate rejected",
    "subject issuer mismatch",
    "authority and subject key identifier mismatch",
    "authority and issuer serial number mismatch",
    "key usage does not include certificate signing",
    "unhandled critical extension",
    "invalid non-CA certificate (has CA markings)",
    "proxy path length constraint exceeded",
    "proxy certificates not allowed, please set the appropriate flag",
    "invalid or inconsistent certificate extension",
    "invalid or inconsistent certificate policy extension",
    "no explicit policy",
    "Unsupported extension feature",
    "RFC 3779 resource not subset of parent's resources",
    "permitted subtree violation",
    "excluded subtree violation",
    "name constraints minimum and maximum not supported",
    "unsupported name constraint type",
    "unsupported or invalid name constraint syntax",
    "unsupported or invalid name syntax",
    "format error in certificate's notBefore field",
    "format error in certificate's notAfter field",
    "Suite B: certificate version invalid",
    "Suite B: cannot sign P-384 with P-256",
    "Issuer has name constraints but leaf has no SANs",
  ],
  "revocation-list": [
    "unable to get certificate CRL",
    "unable to decrypt CRL's signature",
    "CRL signature failure",
    "CRL is not yet valid",
    "CRL has expired",
    "format error in CRL's lastUpdate field",
    "format error in CRL's nextUpdate field",
    "unable to get CRL issuer certificate",
    "key usage does not include CRL signing",
    "unhandled critical CRL extension",
    "Different CRL scope",
    "CRL path validation error",
  ],
  expired: ["certificate has expired"],
  "not-yet-valid": ["certificate is not yet valid"],
  revoked: ["certificate revoked"],
  "wrong-use": ["unsupported certificate purpose", "key usage does not include digital signature"],
  "wrong-name": ["Host name mismatch", "Email address mismatch", "IP address mismatch"],
};

/** Its reasons for a handshake that fails by a certificate (SSL_R_…), by the kind of each. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  "our-certificate": [
    "SSLV3_ALERT_BAD_CERTIFICATE",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED",
    "SSLV3_ALERT_CERTIFICATE_REVOKED",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
    "SSLV3_ALERT_NO_CERTIFICATE",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
    "TLSV1_ALERT_ACCESS_DENIED",
    "TLSV1_ALERT_BAD_CERTIFICATE_HASH_VALUE",
    "TLSV1_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE",
    "TLSV1_ALERT_CERTIFICATE_REQUIRED",
    "TLSV1_ALERT_CERTIFICATE_UNOBTAINABLE",
    "TLSV1_ALERT_DECRYPT_ERROR",
    "TLSV1_ALERT_UNKNOWN_CA",
  ],
  "no-certificate": [
    "PEER_DID_NOT_RETURN_A_CERTIFICATE",
    "NO_CERTIFICATES_RETURNED",
    "TLS_PEER_DID_NOT_RESPOND_WITH_CERTIFICATE_LIST",
  ],
  untrusted: [
    "BAD_ECC_CERT",
    "BAD_SIGNATURE",
    "CANNOT_PARSE_LEAF_CERT",
    "CERTIFICATE_VERIFY_FAILED",
    "CERT_DECOMPRESSION_FAILED",
    "CERT_LENGTH_MISMATCH",
    "PEER_ERROR_UNSUPPORTED_CERTIFICATE_TYPE",
    "PUBLIC_KEY_DECODE_ERROR",
    "UNKNOWN_CERTIFICATE_TYPE",
    "UNKNOWN_KEY_TYPE",
    "UNKNOWN_PUBLIC_KEY_TYPE",
    "UNSUPPORTED_ALGORITHM",
    "UNSUPPORTED_CERTIFICATE",
    "UNSUPPORTED_ELLIPTIC_CURVE",
    "UNSUPPORTED_PUBLIC_KEY_TYPE",
    "WRONG_CERTIFICATE_TYPE",
    "WRONG_CURVE",
  ],
  "wrong-use": ["ECC_CERT_NOT_FOR_SIGNING", "KEY_USAGE_BIT_INCORRECT"],
  "wrong-name": ["TLSV1_ALERT_UNRECOGNIZED_NAME"],
  version: ["TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL"],
  cipher: [
    "HANDSHAKE_FAILURE_ON_CLIENT_HELLO",
    "NO_COMMON_SIGNATURE_ALGORITHMS",
    "NO_SHARED_CIPHER",
    "NO_SHARED_GROUP",
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "TLSV1_ALERT_EXPORT_RESTRICTION",
    "TLSV1_ALERT_INSUFFICIENT_SECURITY",
    "WRONG_SIGNATURE_TYPE",
  ],
  "no-tls": ["HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "WRONG_VERSION_NUMBER"],
  closed: ["TLSV1_ALERT_USER_CANCELLED"],
};

/** Errors that are known and whose kind has no word of its own. */
const OTHERS = [
  ...["CA_DN_LENGTH_MISMATCH", "CA_DN_TOO_LONG", "DECODE_ERROR", "NO_RENEGOTIATION"],
  ...["SERVER_CERT_CHANGED", "SSLV3_ALERT_BAD_RECORD_MAC", "SSLV3_ALERT_ILLEGAL_PARAMETER"],
  ...["SSLV3_ALERT_UNEXPECTED_MESSAGE", "TLSV1_ALERT_DECODE_ERROR", "TLSV1_ALERT_INTERNAL_ERROR"],
  ...["TLSV1_ALERT_NO_RENEGOTIATION", "TLSV1_ALERT_UNSUPPORTED_EXTENSION", "UNEXPECTED_MESSAGE"],
  ...["UNKNOWN_CERT_COMPRESSION_ALG", "EXCESSIVE_MESSAGE_SIZE", "UNCOMPRESSED_CERT_TOO_LARGE"],
];

/** The code that the runtime has for some of the verdicts, and what each means. */
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
  ["TLSV1_ALERT_ACCESS_DENIED", "our-certificate", "the peer knows our certificate, and denies"],
  [
    "TLSV1_ALERT_UNKNOWN_CA",
    "our-certificate",
    "does not know the authority that signed our certificate",
  ],
  ["TLSV1_ALERT_UNRECOGNIZED_NAME", "wrong-name", "does not serve the host name that we called"],
  ["TLSV1_ALERT_PROTOCOL_VERSION", "version", "TLS 1.2 is the oldest allowed"],
  ["SSLV3_ALERT_HANDSHAKE_FAILURE", "cipher", "no cipher in common"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "untrusted", "not signed by an authority that we trust"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "untrusted", "certificate signed itself, and was not signed by"],
  ["UNABLE_TO_GET_ISSUER_CERT", "untrusted", "not signed by an authority that we trust"],
  ["CERT_SIGNATURE_FAILURE", "untrusted", "not signed by an authority that we trust"],
  ["INVALID_CA", "untrusted", "not signed by an authority that we trust"],
  ["CERT_CHAIN_TOO_LONG", "untrusted", "too many authorities"],
  ["PATH_LENGTH_EXCEEDED", "untrusted", "too many authorities"],
  ["CERT_REJECTED", "untrusted", "oversteps what its authorities allow"],
  ["CERT_UNTRUSTED", "untrusted", "oversteps what its authorities allow"],
  ["CERT_REVOKED", "revoked", "the peer's certificate was revoked"],
  ["CERT_HAS_EXPIRED", "expired", "the peer's certificate has expired"],
  ["CERT_NOT_YET_VALID", "not-yet-valid", "the peer's certificate is not valid yet"],
  ["CRL_HAS_EXPIRED", "revocation-list", "no current and complete revocation list here"],
  ["UNABLE_TO_GET_CRL", "revocation-list", "no current and complete revocation list here"],
  ["INVALID_PURPOSE", "wrong-use", "the peer's certificate is not meant for this use"],
  ["HOSTNAME_MISMATCH", "wrong-name", "the peer's certificate is for another host name"],
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

  for (const [kind, texts] of Object.entries(VERDICTS)) {
    for (const text of texts) {
      test(`"${text}" is of the kind ${kind}, and has a meaning`, () => {
        const fault = tlsFault(Object.assign(new Error(text), { code: "UNSPECIFIED" }));

        expect<string>(causeOf(fault)).toBe(kind);
        expect(fault.code).toBe("tlsError");
      });
    }
  }

  for (const [kind, reasons] of Object.entries({ ...REASONS, other: OTHERS })) {
    for (const reason of reasons) {
      test(`${reason} is of the kind ${kind}, and has a meaning`, () => {
        const text = `error:10000100:SSL routines:OPENSSL_internal:${reason}`;

        const fault = tlsFault(Object.assign(new Error(text), { code: "EPROTO" }));

        expect<string>(causeOf(fault)).toBe(kind);
        expect(fault.code).toBe("tlsError");
      });
    }
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
      "an unknown TLS error: too many key updates",
    );
  });

  test("of an unknown kind says so, names both ends, and is shown as it is", () => {
    const error = Object.assign(new Error("the moon is full"), { code: "EMOON" });

    const fault = tlsFault(error, { ours: "127.0.0.1:4711", theirs: "[::1]:7883" });

    expect(fault.message).toBe(
      "an unknown TLS error between us at 127.0.0.1:4711 and the peer at [::1]:7883: EMOON the moon is full",
    );
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
