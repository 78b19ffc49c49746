/**
 * What the TLS stack reports, in words that say who did not like what.
 */
import { Fault } from "../fault.ts";

/** Parts of the stack's error codes and messages, and their meaning; the first match counts. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/ALERT_CERTIFICATE_REQUIRED/, "the peer requires a certificate from us"],
  [/ALERT_UNKNOWN_CA/, "the peer does not know the authority that signed our certificate"],
  [/ALERT_CERTIFICATE_EXPIRED/, "the peer says that our certificate has expired"],
  [/ALERT_CERTIFICATE_REVOKED/, "the peer says that our certificate was revoked"],
  [
    /ALERT_(BAD|UNSUPPORTED)_CERTIFICATE|ALERT_CERTIFICATE_UNKNOWN/,
    "the peer rejects our certificate",
  ],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/,
    "no TLS version in common; TLS 1.2 is the oldest allowed",
  ],
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST|UNEXPECTED_MESSAGE/, "the peer does not speak TLS"],
  [
    /NO_SHARED_CIPHER|ALERT_HANDSHAKE_FAILURE/,
    "no cipher in common, or no certificate where one is required",
  ],
  [/CERT_HAS_EXPIRED/, "the peer's certificate has expired"],
  [/CERT_NOT_YET_VALID/, "the peer's certificate is not valid yet"],
  [/ALTNAME_INVALID/, "the peer's certificate is for another host name"],
  [/INVALID_PURPOSE/, "the peer's certificate is not meant for this use"],
  [/CERT_REVOKED/, "the peer's certificate was revoked"],
  [
    /UNABLE_TO_(GET_ISSUER|VERIFY)|SELF_SIGNED|DEPTH_ZERO|CERT_SIGNATURE_FAILURE|INVALID_CA/,
    "the peer's certificate was not signed by an authority that we trust",
  ],
  [/PEER_DID_NOT_RETURN_A_CERTIFICATE/, "the peer sent no certificate"],
  [/ECONNRESET/, "the peer closed the connection"],
];

/** A transport fault for an error of the TLS stack. */
export function tlsFault(error: Error | null | undefined): Fault {
  const code = error && "code" in error ? String(error.code) : "";
  const text = `${code} ${error?.message ?? ""}`;
  const meaning = MEANINGS.find(([pattern]) => pattern.test(text))?.[1];
  return new Fault("transport", meaning ?? `TLS failed: ${text.trim() || "no certificate"}`, {
    cause: error,
  });
}
