/**
 * Errors of the TLS stack, as faults, and the words by which failed connections are counted.
 */
import { Fault, type FaultCode, type FaultFacts } from "../fault/fault.ts";
import { TLS_ERROR_KINDS, TLS_ERRORS, type TlsError } from "../fault/sentences/transport.ts";

/** Parts of the stack's error codes and messages, and their meaning; the first match counts. */
const MEANINGS: readonly (readonly [RegExp, TlsError])[] = [
  [/ALERT_CERTIFICATE_REQUIRED/, "certificateRequired"],
  [/ALERT_UNKNOWN_CA/, "ourAuthorityUnknown"],
  [/ALERT_CERTIFICATE_EXPIRED/, "ourCertificateExpired"],
  [/ALERT_CERTIFICATE_REVOKED/, "ourCertificateRevoked"],
  [/ALERT_(BAD|UNSUPPORTED)_CERTIFICATE|ALERT_CERTIFICATE_UNKNOWN/, "ourCertificateRejected"],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/, "noCommonVersion"],
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST/, "notTls"],
  [/UNEXPECTED_MESSAGE/, "messageOutOfTurn"],
  [/NO_SHARED_CIPHER|ALERT_HANDSHAKE_FAILURE/, "noCommonCipher"],
  [/CERT_HAS_EXPIRED/, "peerExpired"],
  [/CERT_NOT_YET_VALID/, "peerNotYetValid"],
  [/ALTNAME_INVALID/, "peerNameDiffers"],
  [/INVALID_PURPOSE/, "peerWrongUse"],
  [/KEY_USAGE_BIT_INCORRECT/, "peerWrongKeyUsage"],
  [/CERT_REVOKED/, "peerRevoked"],
  [/CRL/, "noRevocationList"],
  [
    /UNABLE_TO_(GET_ISSUER|VERIFY)|SELF_SIGNED|DEPTH_ZERO|CERT_SIGNATURE_FAILURE|INVALID_CA/,
    "peerUntrusted",
  ],
  [/unsupported name constraint type|minimum and maximum not supported/, "constraintsUnsupported"],
  [/invalid name (constraint )?syntax/, "nameMalformed"],
  [
    /key usage does not include certificate signing|non-CA certificate|path validation error/,
    "issuerMayNotSign",
  ],
  [
    /inconsistent certificate|no explicit policy|Unsupported extension feature|format error/,
    "extensionMalformed",
  ],
  [/CHAIN_TOO_LONG|PATH_LENGTH_EXCEEDED/, "chainTooLong"],
  [
    /subtree violation|name constraints|unhandled critical extension|CERT_REJECTED|CERT_UNTRUSTED/,
    "overstepsAuthority",
  ],
  [/PEER_DID_NOT_RETURN_A_CERTIFICATE/, "noPeerCertificate"],
  [/ECONNRESET/, "closed"],
];

/** Returns the transport fault for an error of the TLS stack. */
export function tlsFault(cause: Error | null | undefined): Fault {
  const code = cause && "code" in cause ? String(cause.code) : "";
  const text = `${code} ${cause?.message ?? ""}`.trim();
  if (text === "") {
    return new Fault("tlsError", { error: "noCertificateAtAll" }, { cause });
  }
  const [, error] = MEANINGS.find(([pattern]) => pattern.test(text)) ?? [];
  return error === undefined
    ? new Fault("otherTlsError", { text: inWords(text) }, { cause })
    : new Fault("tlsError", { error }, { cause });
}

/** Returns the usage fault for settings that the TLS stack does not take. */
export function settingsFault(cause: unknown): Fault {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new Fault("certificatesRejected", { text: inWords(text) }, { cause });
}

/** Returns the reason in an error such as `error:…:OPENSSL_internal:NO_SHARED_CIPHER`, in words. */
function inWords(text: string): string {
  const [, reason] = /:OPENSSL_internal:([A-Z0-9_]+)$/.exec(text) ?? [];
  return reason?.toLowerCase().replaceAll("_", " ") ?? text;
}

/** The causes by which logs and metrics count rejected connections, as in docs/metrics.md. */
export const CAUSES = [...TLS_ERROR_KINDS, "timeout", "too-many"] as const;
export type Cause = (typeof CAUSES)[number];

/** The causes of faults, by their codes. */
const CAUSES_BY_CODE: { readonly [C in FaultCode]?: (facts: FaultFacts<C>) => Cause } = {
  tlsError: ({ error }) => TLS_ERRORS[error][0],
  otherHostNames: () => "wrong-name",
  peerCertificateWeak: ({ kind }) => kind,
  closedInHandshake: () => "closed",
  tooManyConnections: () => "too-many",
};

/** Returns the cause of a failed connection. */
export function causeOf<C extends FaultCode>({ code, facts, family }: Fault<C>): Cause {
  return CAUSES_BY_CODE[code]?.(facts) ?? (family === "timeout" ? "timeout" : "other");
}
