/**
 * The next step that helps after an error of the TLS stack.
 */
import { USABLE_KEYS } from "../certificates/strength.ts";
import type { Voice } from "../fault/define.ts";
import type { TlsError } from "../fault/sentences/tls.ts";

const RENEW = "its owner needs a new one, unless the clock of this machine is wrong";
const RENEW_AUTHORITY =
  "the peer, or we, need the authority's new certificate, unless the clock of this machine is wrong";

export const TLS_HINTS: { readonly [E in TlsError]?: (voice: Voice) => string } = {
  certificateRequired: ({ setting }) =>
    `leave out ${setting("insecure")} and ${setting("noClientCert")}: with them no certificate is shown`,
  ourAuthorityUnknown: ({ setting }) =>
    `the peer must trust our authority: for tlslp, ${setting("caCert")} of the peer names it`,
  ourCertificateExpired: () => "we need a new one, unless the clock of the peer's machine is wrong",
  ourCertificateRevoked: () => "ask the authority for a new one",
  ourCertificateRejected: () => "the peer's own log says why",
  ourProofRejected: () => "the peer's own log says why",
  accessDenied: () => "ask the peer's operator to let our certificate in",
  ourNameUnknown: ({ setting }) => `call the server by its own name with ${setting("host")}`,
  notTls: ({ setting }) => `another program may listen there: see ${setting("ports")}`,
  noCommonVersion: () => "the peer needs TLS 1.2 or newer, and a certificate that it can use there",
  noCommonCipher: () =>
    "the peer needs ECDHE with AES-GCM or ChaCha20, and a certificate that fits",
  peerExpired: () => RENEW,
  issuerExpired: () => RENEW_AUTHORITY,
  peerNotYetValid: () => "the clock of this machine, or of the authority, is wrong",
  issuerNotYetValid: () => "the clock of this machine, or of the authority, is wrong",
  peerWrongUse: () =>
    "a server's extended key usage must include serverAuth, a client's clientAuth, its authorities' too",
  peerWrongKeyUsage: () => "its owner needs one whose key usage includes digitalSignature",
  peerRevoked: () => "its owner needs a new one",
  peerUntrusted: ({ setting }) =>
    `${setting("caCert")} must hold the root that signed it; the peer must send the intermediates`,
  peerSelfSigned: ({ setting }) => `${setting("caCert")} must hold this very certificate`,
  constraintsUnsupported: () => "the authority must constrain DNS names instead of addresses",
  commonNameConstrained: () =>
    "its owner needs one with a subjectAltName, as tlslp invite makes it",
  overstepsAuthority: () =>
    "openssl x509 -text shows the constraints and critical extensions of each certificate",
  issuerMayNotSign: () => "each authority needs CA:TRUE, and keyCertSign where it has a key usage",
  issuerKeyUnusable: () => `each authority's key must be ${USABLE_KEYS}`,
  peerKeyUnusable: () => `its owner needs a key of another kind: ${USABLE_KEYS}`,
  peerMalformed: () => "its owner needs a new one; openssl x509 -text shows the malformed part",
};
