/**
 * Errors of the TLS stack, as faults, and the words by which failed connections are counted.
 */
import type { X509Certificate } from "node:crypto";
import { PeerText } from "../fault/define.ts";
import { Fault, type FaultCode, type FaultFacts, isFault } from "../fault/fault.ts";
import { type Ends, TLS_ERROR_KINDS, TLS_ERRORS, type TlsError } from "../fault/sentences/tls.ts";
import { formatEndpoint } from "./hosts.ts";

/**
 * Parts of the stack's error codes and messages, and their meaning; the first match counts. An
 * alert is the peer's complaint about us, all else is our complaint about the peer.
 */
const MEANINGS: readonly (readonly [RegExp, TlsError])[] = [
  [/ALERT_(CERTIFICATE_REQUIRED|NO_CERTIFICATE|CERTIFICATE_UNOBTAINABLE)/, "certificateRequired"],
  [/ALERT_UNKNOWN_CA/, "ourAuthorityUnknown"],
  [/ALERT_CERTIFICATE_EXPIRED/, "ourCertificateExpired"],
  [/ALERT_CERTIFICATE_REVOKED/, "ourCertificateRevoked"],
  [/ALERT_(BAD|UNSUPPORTED)_CERTIFICATE|ALERT_CERTIFICATE_UNKNOWN/, "ourCertificateRejected"],
  [/ALERT_DECRYPT_ERROR/, "ourProofRejected"],
  [/ALERT_ACCESS_DENIED/, "accessDenied"],
  [/ALERT_UNRECOGNIZED_NAME/, "ourNameUnknown"],
  [/ALERT_(INSUFFICIENT_SECURITY|EXPORT_RESTRICTION)/, "peerWantsMore"],
  [/ALERT_INTERNAL_ERROR/, "peerFailed"],
  [/ALERT_USER_CANCELLED|ECONNRESET/, "closed"],
  [/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/, "noCommonVersion"],
  [/NO_SHARED_CIPHER|ALERT_HANDSHAKE_FAILURE|HANDSHAKE_FAILURE_ON_CLIENT_HELLO/, "noCommonCipher"],
  [/NO_RENEGOTIATION/, "renegotiation"],
  [
    /ALERT_(ILLEGAL_PARAMETER|DECODE_ERROR|UNEXPECTED_MESSAGE|UNSUPPORTED_EXTENSION|BAD_RECORD_MAC)/,
    "ourMessageRejected",
  ],
  [/NO_SHARED_GROUP/, "noCommonGroup"],
  [/NO_COMMON_SIGNATURE_ALGORITHMS|WRONG_SIGNATURE_TYPE/, "noCommonSignature"],
  [/WRONG_VERSION_NUMBER|HTTPS?_(PROXY_)?REQUEST/, "notTls"],
  [/UNEXPECTED_MESSAGE/, "messageOutOfTurn"],
  [/CERT_HAS_EXPIRED|certificate has expired/, "peerExpired"],
  [/CERT_NOT_YET_VALID|certificate is not yet valid/, "peerNotYetValid"],
  [
    /ALTNAME_INVALID|(HOSTNAME_|(Host ?name|IP address|Email address) )mismatch/i,
    "peerNameDiffers",
  ],
  [/INVALID_PURPOSE|unsupported certificate purpose/, "peerWrongUse"],
  [
    /KEY_USAGE_BIT_INCORRECT|key usage does not include digital signature|ECC_CERT_NOT_FOR_SIGNING/,
    "peerWrongKeyUsage",
  ],
  [/CERT_REVOKED|certificate revoked/, "peerRevoked"],
  [/unsupported name constraint type|minimum and maximum not supported/, "constraintsUnsupported"],
  [/name constraints but leaf has no SANs/, "commonNameConstrained"],
  [/invalid name (constraint )?syntax/, "nameMalformed"],
  [/CRL/, "noRevocationList"],
  [/UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY|unable to decode issuer public key/, "issuerKeyUnusable"],
  [/DEPTH_ZERO_SELF_SIGNED|self signed certificate$/, "peerSelfSigned"],
  [
    /unable[ _]to[ _](get|verify|decrypt)|self[ _]signed|CERT_SIGNATURE_FAILURE|certificate signature failure|INVALID_CA|invalid CA|(issuer|identifier|number) mismatch/i,
    "peerUntrusted",
  ],
  [/key usage does not include certificate signing|non-CA certificate/, "issuerMayNotSign"],
  [
    /inconsistent certificate|no explicit policy|Unsupported extension feature|format error/,
    "extensionMalformed",
  ],
  [/CHAIN_TOO_LONG|chain too long|PATH_LENGTH_EXCEEDED|path length/, "chainTooLong"],
  [/EXCESSIVE_MESSAGE_SIZE|UNCOMPRESSED_CERT_TOO_LARGE/, "messageTooLarge"],
  [
    /subtree violation|name constraints|unhandled critical extension|CERT_REJECTED|CERT_UNTRUSTED/,
    "overstepsAuthority",
  ],
  [/certificate (not trusted|rejected)|proxy certificates|RFC 3779|Suite B/, "overstepsAuthority"],
  [
    /(PEER_DID_NOT_RETURN_A|TLS_PEER_DID_NOT_RESPOND_WITH)_CERTIFICATE|NO_CERTIFICATES_RETURNED/,
    "noPeerCertificate",
  ],
  [/SERVER_CERT_CHANGED/, "certificateChanged"],
  [
    /UNSUPPORTED_ALGORITHM|UN(SUPPORTED|KNOWN)_(PUBLIC_)?KEY_TYPE|(UNKNOWN|WRONG)_CERTIFICATE_TYPE/,
    "peerKeyUnusable",
  ],
  [
    /UNSUPPORTED_(CERTIFICATE|ELLIPTIC_CURVE)|PUBLIC_KEY_DECODE_ERROR|BAD_ECC_CERT|WRONG_CURVE/,
    "peerKeyUnusable",
  ],
  [
    /CANNOT_PARSE_LEAF_CERT|CERTIFICATE_VERIFY_FAILED|CERT_(LENGTH_MISMATCH|DECOMPRESSION_FAILED)/,
    "peerMalformed",
  ],
  [/BAD_SIGNATURE/, "peerProofWrong"],
  [/DECODE_ERROR|CERT_COMPRESSION_ALG|CA_DN_/, "messageMalformed"],
];

/**
 * Returns the transport fault for an error of the TLS stack.
 *
 * @param ends the connection's, for an error that is not known here
 */
export function tlsFault(cause: Error | null | undefined, ends?: Ends): Fault {
  const code = cause && "code" in cause ? String(cause.code) : "";
  const text = `${code} ${cause?.message ?? ""}`.trim();
  if (text === "") {
    return new Fault("tlsError", { error: "noCertificateAtAll" }, { cause });
  }
  const [, error] = MEANINGS.find(([pattern]) => pattern.test(text)) ?? [];
  return error === undefined
    ? new Fault("otherTlsError", { reason: reasonIn(text) ?? new PeerText(text), ends }, { cause })
    : new Fault("tlsError", { error }, { cause });
}

/** A peer whose certificate is within its dates fails by an authority that is not. */
const OF_ISSUERS: { readonly [E in TlsError]?: TlsError } = {
  peerExpired: "issuerExpired",
  peerNotYetValid: "issuerNotYetValid",
};

/**
 * Returns the transport fault for a peer that the TLS stack does not trust. The stack does not say
 * which certificate has a wrong date: the peer's own, or an authority's.
 */
export function distrust(socket: Bun.Socket<unknown>, cause: Error | null): Fault {
  const fault = tlsFault(cause, endsOf(socket));
  const certificate = socket.getPeerX509Certificate() as X509Certificate | undefined;
  if (!isFault(fault, "tlsError") || certificate === undefined) {
    return fault;
  }
  const ofIssuer = isCurrent(certificate) ? OF_ISSUERS[fault.facts.error] : undefined;
  return ofIssuer === undefined ? fault : new Fault("tlsError", { error: ofIssuer }, { cause });
}

function isCurrent({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now();
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}

/** Returns the addresses of a connection, as long as it has them. */
export function endsOf(socket: Partial<Bun.Socket<unknown>>): Ends | undefined {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  if (localAddress === undefined || remoteAddress === undefined) {
    return undefined;
  }
  return {
    ours: formatEndpoint(localAddress, localPort ?? 0),
    theirs: formatEndpoint(remoteAddress, remotePort ?? 0),
  };
}

/** Returns the usage fault for settings that the TLS stack does not take. */
export function settingsFault(cause: unknown): Fault {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new Fault("certificatesRejected", { text: reasonIn(text) ?? text }, { cause });
}

/** Returns the reason in an error such as `error:…:OPENSSL_internal:NO_SHARED_CIPHER`, in words. */
function reasonIn(text: string): string | undefined {
  const [, reason] = /:OPENSSL_internal:([A-Z0-9_]+)$/.exec(text) ?? [];
  return reason?.toLowerCase().replaceAll("_", " ");
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
