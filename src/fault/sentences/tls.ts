/**
 * Errors of the TLS stack in words: whose fault each is, and what it means.
 */

/** The causes of failed TLS handshakes, by which metrics and logs count them. */
export const TLS_ERROR_KINDS = [
  "our-certificate",
  "no-certificate",
  "untrusted",
  "expired",
  "not-yet-valid",
  "revoked",
  "revocation-list",
  "wrong-name",
  "wrong-use",
  "weak-key",
  "weak-signature",
  "no-tls",
  "version",
  "cipher",
  "closed",
  "other",
] as const;
type TlsErrorKind = (typeof TLS_ERROR_KINDS)[number];

/** Errors of the TLS stack, each with its kind and its meaning. */
export const TLS_ERRORS = {
  certificateRequired: ["our-certificate", "the peer requires a certificate from us"],
  ourAuthorityUnknown: [
    "our-certificate",
    "the peer does not know the authority that signed our certificate",
  ],
  ourCertificateExpired: ["our-certificate", "the peer says that our certificate has expired"],
  ourCertificateRevoked: ["our-certificate", "the peer says that our certificate was revoked"],
  ourCertificateRejected: ["our-certificate", "the peer rejects our certificate"],
  ourProofRejected: [
    "our-certificate",
    "the peer says that our signature does not fit our certificate",
  ],
  accessDenied: ["our-certificate", "the peer knows our certificate, and denies us access"],
  ourNameUnknown: ["wrong-name", "the peer does not serve the host name that we called"],
  noCommonVersion: ["version", "no TLS version in common; TLS 1.2 is the oldest allowed"],
  notTls: ["no-tls", "the peer does not speak TLS"],
  messageOutOfTurn: ["other", "the peer sent a TLS message out of turn"],
  messageMalformed: [
    "other",
    "the peer sent a TLS message, or a certificate in it, that is malformed",
  ],
  messageTooLarge: [
    "other",
    "the peer sent a TLS message that is too large; a very long certificate chain can cause this",
  ],
  ourMessageRejected: ["other", "the peer says that we sent a TLS message that is wrong"],
  peerFailed: ["other", "the peer says that it failed by itself"],
  renegotiation: ["other", "the peer asked to renegotiate TLS, which is never done"],
  certificateChanged: ["other", "the server changed its certificate during the connection"],
  noCommonCipher: ["cipher", "no cipher in common, or no certificate where one is required"],
  noCommonGroup: ["cipher", "no group for the key exchange in common"],
  noCommonSignature: ["cipher", "no signature algorithm in common that fits the certificate"],
  peerWantsMore: ["cipher", "the peer says that our ciphers or keys are too weak"],
  peerExpired: ["expired", "the peer's certificate has expired"],
  issuerExpired: ["expired", "an authority of the peer's certificate has expired"],
  peerNotYetValid: ["not-yet-valid", "the peer's certificate is not valid yet"],
  issuerNotYetValid: ["not-yet-valid", "an authority of the peer's certificate is not valid yet"],
  peerNameDiffers: ["wrong-name", "the peer's certificate is for another host name"],
  peerWrongUse: ["wrong-use", "the peer's certificate is not meant for this use"],
  peerWrongKeyUsage: [
    "wrong-use",
    "the peer's certificate is not meant for TLS: its key usage lacks digitalSignature",
  ],
  peerRevoked: ["revoked", "the peer's certificate was revoked"],
  noRevocationList: [
    "revocation-list",
    "the peer's authority has no current and complete revocation list here; fetch its latest",
  ],
  peerUntrusted: [
    "untrusted",
    "the peer's certificate was not signed by an authority that we trust",
  ],
  peerSelfSigned: [
    "untrusted",
    "the peer's certificate signed itself, and was not signed by an authority that we trust",
  ],
  constraintsUnsupported: [
    "untrusted",
    "an authority of the peer has name constraints of a type that cannot be checked here",
  ],
  commonNameConstrained: [
    "untrusted",
    "the peer's certificate has a common name that could be a host's, and no alternative name, but its authority constrains names",
  ],
  nameMalformed: [
    "untrusted",
    "the peer's certificate, or its authority, has a name that cannot be checked here",
  ],
  issuerMayNotSign: [
    "untrusted",
    "an authority between the peer's certificate and ours may not sign certificates",
  ],
  issuerKeyUnusable: [
    "untrusted",
    "an authority of the peer's certificate has a key of a kind that cannot be used",
  ],
  peerKeyUnusable: [
    "untrusted",
    "the peer's certificate has a key of a kind that cannot be used here",
  ],
  peerMalformed: ["untrusted", "the peer's certificate is malformed"],
  peerProofWrong: ["untrusted", "the peer's signature does not fit its certificate"],
  extensionMalformed: [
    "untrusted",
    "the peer's certificate, or its authority, has an extension or date that is malformed",
  ],
  chainTooLong: [
    "untrusted",
    "there are too many authorities between the peer's certificate and one that we trust",
  ],
  overstepsAuthority: ["untrusted", "the peer's certificate oversteps what its authorities allow"],
  noPeerCertificate: ["no-certificate", "the peer sent no certificate"],
  noCertificateAtAll: ["no-certificate", "TLS failed: no certificate"],
  closed: ["closed", "the peer closed the connection"],
} as const satisfies Record<string, readonly [TlsErrorKind, string]>;
export type TlsError = keyof typeof TLS_ERRORS;

/** The addresses of a connection that failed. */
export interface Ends {
  readonly ours: string;
  readonly theirs: string;
}

/** The sentence for an error of the TLS stack that is not among `TLS_ERRORS`. */
export function describeUnknown(text: string, ends: Ends | undefined): string {
  const where =
    ends === undefined ? "" : ` between us at ${ends.ours} and the peer at ${ends.theirs}`;
  return `an unknown TLS error${where}: ${text}`;
}
