/**
 * What the TLS stack reports, in words that say who did not like what.
 */

import { USABLE_KEYS } from "../certificates/strength.ts";
import { type Fault, oldFault } from "../fault/fault.ts";

/** What can be wrong, in a word each, for counting. */
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
export type TlsErrorKind = (typeof TLS_ERROR_KINDS)[number];

/** Parts of the stack's error codes and messages, and their meaning; the first match counts. */
const MEANINGS: readonly (readonly [RegExp, TlsErrorKind, string])[] = [
  [/ALERT_CERTIFICATE_REQUIRED/, "our-certificate", "the peer requires a certificate from us"],
  [
    /ALERT_UNKNOWN_CA/,
    "our-certificate",
    "the peer does not know the authority that signed our certificate",
  ],
  [
    /ALERT_CERTIFICATE_EXPIRED/,
    "our-certificate",
    "the peer says that our certificate has expired",
  ],
  [
    /ALERT_CERTIFICATE_REVOKED/,
    "our-certificate",
    "the peer says that our certificate was revoked",
  ],
  [
    /ALERT_(BAD|UNSUPPORTED)_CERTIFICATE|ALERT_CERTIFICATE_UNKNOWN/,
    "our-certificate",
    "the peer rejects our certificate",
  ],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/,
    "version",
    "no TLS version in common; TLS 1.2 is the oldest allowed",
  ],
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST/, "no-tls", "the peer does not speak TLS"],
  [/UNEXPECTED_MESSAGE/, "other", "the peer sent a TLS message out of turn"],
  [
    /NO_SHARED_CIPHER|ALERT_HANDSHAKE_FAILURE/,
    "cipher",
    "no cipher in common, or no certificate where one is required",
  ],
  [/CERT_HAS_EXPIRED/, "expired", "the peer's certificate has expired"],
  [/CERT_NOT_YET_VALID/, "not-yet-valid", "the peer's certificate is not valid yet"],
  [/ALTNAME_INVALID/, "wrong-name", "the peer's certificate is for another host name"],
  [/INVALID_PURPOSE/, "wrong-use", "the peer's certificate is not meant for this use"],
  [
    /KEY_USAGE_BIT_INCORRECT/,
    "wrong-use",
    "the peer's certificate is not meant for TLS: its key usage lacks digitalSignature",
  ],
  [/CERT_REVOKED/, "revoked", "the peer's certificate was revoked"],
  [
    /CRL/,
    "revocation-list",
    "the peer's authority has no current and complete revocation list here; fetch its latest",
  ],
  [
    /UNABLE_TO_(GET_ISSUER|VERIFY)|SELF_SIGNED|DEPTH_ZERO|CERT_SIGNATURE_FAILURE|INVALID_CA/,
    "untrusted",
    "the peer's certificate was not signed by an authority that we trust",
  ],
  [
    /unsupported name constraint type|minimum and maximum not supported/,
    "untrusted",
    "an authority of the peer has name constraints of a type that cannot be checked here",
  ],
  [
    /invalid name (constraint )?syntax/,
    "untrusted",
    "the peer's certificate, or its authority, has a name that cannot be checked here",
  ],
  [
    /key usage does not include certificate signing|non-CA certificate|path validation error/,
    "untrusted",
    "an authority between the peer's certificate and ours may not sign certificates",
  ],
  [
    /inconsistent certificate|no explicit policy|Unsupported extension feature|format error/,
    "untrusted",
    "the peer's certificate, or its authority, has an extension or date that is malformed",
  ],
  [
    /CHAIN_TOO_LONG|PATH_LENGTH_EXCEEDED/,
    "untrusted",
    "there are too many authorities between the peer's certificate and one that we trust",
  ],
  [
    /subtree violation|name constraints|unhandled critical extension|CERT_REJECTED|CERT_UNTRUSTED/,
    "untrusted",
    "the peer's certificate oversteps what its authorities allow",
  ],
  [/PEER_DID_NOT_RETURN_A_CERTIFICATE/, "no-certificate", "the peer sent no certificate"],
  [/ECONNRESET/, "closed", "the peer closed the connection"],
];

/** A transport fault for an error of the TLS stack; its kind is a `TlsErrorKind`. */
export function tlsFault(error: Error | null | undefined): Fault {
  const code = error && "code" in error ? String(error.code) : "";
  const text = `${code} ${error?.message ?? ""}`.trim();
  if (text === "") {
    return trouble("no-certificate", "TLS failed: no certificate", error);
  }
  const [, kind, meaning] = MEANINGS.find(([pattern]) => pattern.test(text)) ?? [];
  return trouble(kind ?? "other", meaning ?? `TLS failed: ${inWords(text)}`, error);
}

/** How the TLS stack's error messages end for certificates of our own, and what helps. */
const REMEDIES: readonly (readonly [string, string])[] = [
  [
    "KEY_USAGE_BIT_INCORRECT",
    "our certificate's key usage must have digitalSignature in it, or be left out",
  ],
  ["UNSUPPORTED_ALGORITHM", `our key must be one of ${USABLE_KEYS}`],
];

/** A usage fault for settings that the TLS stack does not take. */
export function settingsFault(cause: unknown): Fault {
  const text = cause instanceof Error ? cause.message : String(cause);
  const [, hint] = REMEDIES.find(([end]) => text.endsWith(end)) ?? [];
  return oldFault("usage", `the certificates cannot be used: ${inWords(text)}`, { hint, cause });
}

/** What the TLS library says is one long word behind its own particulars. */
function inWords(text: string): string {
  const [, reason] = /:OPENSSL_internal:([A-Z0-9_]+)$/.exec(text) ?? [];
  return reason?.toLowerCase().replaceAll("_", " ") ?? text;
}

function trouble(kind: TlsErrorKind, message: string, cause: unknown): Fault {
  return oldFault("transport", message, { kind, cause });
}
