/**
 * The next step after a failure with certificates, keys and lists, by the failure's code.
 */
import { dirname } from "node:path";
import { USABLE_KEYS } from "../certificates/strength.ts";
import { printable } from "../fault/printable.ts";
import type { Content, Weakness } from "../fault/sentences/certificates.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import type { Hints } from "./hint.ts";
import { ASK_ORGANISER } from "./invitation-hints.ts";
import { shellWord } from "./quote.ts";
import { afterExpiry, renewalOf, withFolder } from "./renewal.ts";

const USE_ANOTHER_KEY = `use a key of one of these kinds: ${USABLE_KEYS}`;

const MAKE_RECEIPT_KEY = "tlslp certs makes one, receipt-key.pem";

/** How to encrypt a key in a way that is read. */
function encryptAgain({ file: { path = "FILE" } }: { readonly file: NamedFile }): string {
  return `openssl pkcs12 -in ${shellWord(path)} -out NEW.pem writes PEM; for PEM: openssl pkcs8 -topk8 -in ${shellWord(path)} -out NEW.pem`;
}

/** How to get PEM from what a file holds instead. */
const CONVERSIONS: {
  readonly [C in Content]?: {
    readonly cert?: string;
    readonly key?: string;
    readonly publicKey?: string;
  };
} = {
  der: {
    cert: "openssl x509 converts it to PEM",
    key: "openssl pkey converts it to PEM",
    publicKey: "openssl pkey -pubin converts it to PEM",
  },
  pkcs12: {
    cert: "openssl pkcs12 -nokeys extracts the certificates",
    key: "openssl pkcs12 -nocerts -noenc extracts the key",
  },
  pkcs7: { cert: "openssl pkcs7 -inform DER -print_certs converts it to PEM" },
  java: {
    cert: "keytool -importkeystore -deststoretype pkcs12 converts it to PKCS #12",
    key: "keytool -importkeystore -deststoretype pkcs12 converts it to PKCS #12",
  },
  request: { cert: "an authority turns it into a certificate" },
};

/** Returns how to replace a weak certificate. */
function strengthen({ kind }: Weakness): string {
  return kind === "weak-key"
    ? USE_ANOTHER_KEY
    : "have it signed again with SHA-256: openssl x509 -sha256, or default_md=sha256";
}

export const CERTIFICATE_HINTS: Hints = {
  pinMissing: (_, { setting }) =>
    `tlslp certs show prints the server's; ${setting("caCert")} ./none names a file called none`,
  systemStoreMissing: (_, { setting }) => `${setting("caCert")} FILE names a file of authorities`,
  pinMismatch: () =>
    "tlslp certs show server-cert.pem prints the key's pin, where the server's files are",
  otherPemForm: ({ form }) =>
    form === "TRUSTED CERTIFICATE"
      ? "openssl x509 converts it to a plain CERTIFICATE"
      : "openssl pkcs7 -print_certs converts it to plain CERTIFICATEs",
  noCertificate: ({ found }) => (found === undefined ? undefined : CONVERSIONS[found]?.cert),
  noPrivateKey: ({ found }) => (found === undefined ? undefined : CONVERSIONS[found]?.key),
  noPublicKey: ({ found }) => (found === undefined ? undefined : CONVERSIONS[found]?.publicKey),
  keyEncrypted: ({ file }) =>
    file.purpose === "receiptKey"
      ? `openssl pkey -in ${shellWord(file.path ?? "FILE")} -out NEW.pem writes it without a password`
      : "set TLSLP_PASSWORD to its password, or start in a terminal, which asks",
  passwordWrong: () =>
    "type it again; TLSLP_PASSWORD, if it is set, must have the password of this file",
  encryptionUnknown: encryptAgain,
  keyDerivationTooCostly: encryptAgain,
  unusableKeyKind: ({ file }) =>
    file.purpose === "receiptKey" ? MAKE_RECEIPT_KEY : USE_ANOTHER_KEY,
  receiptKeyInvalid: ({ file }) => (file.purpose === "receiptKey" ? MAKE_RECEIPT_KEY : undefined),
  sshKey: ({ file: { path = "FILE" } }) =>
    `ssh-keygen -p -m PKCS8 -f ${shellWord(path)} converts it in place; an Ed25519 key must be made again`,
  notAuthority: () => "name the file of the authority that signed the peers' certificates",
  authorityWithoutRoot: () => "add the certificate of the root to the same file",
  keyMismatch: ({ cert, key }) => {
    const isPair = renewalOf(cert) === renewalOf(key);
    const renewal = isPair ? renewalOf(cert) : undefined;
    return (
      renewal &&
      `${renewal} makes a new pair: a renewal that was interrupted may leave two that do not match`
    );
  },
  certificateExpired: ({ file, issuer }) => {
    if (file.purpose === "invitation") {
      return ASK_ORGANISER;
    }
    return issuer === undefined ? afterExpiry(file) : `ask ${issuer} for a new one`;
  },
  notYetValid: () => "the clock of this machine, or of the authority, may be wrong",
  wrongUse: ({ usage }) => `its extended key usage must include ${usage}, or be left out`,
  wrongKeyUsage: () => "its key usage must include digitalSignature, or be left out",
  noHostNames: () => "its subjectAltName must have the names and addresses that clients use",
  addressAsDnsName: ({ address }) => `its subjectAltName must have IP:${address} instead`,
  unusableKey: () => USE_ANOTHER_KEY,
  weakCertificate: ({ weakness }) => strengthen(weakness),
  peerCertificateWeak: (weakness) => `its owner can mend that: ${strengthen(weakness)}`,
  revocationListMissing: (_, { setting }) =>
    `with ${setting("crl")}, every authority in ${setting("caCert")} needs a list`,
  revocationListUnauthorized: ({ authority }) =>
    `the certificate of ${authority} must be made again with cRLSign, for the same key`,
  revocationListOfOther: ({ file: { path = "FILE" } }) =>
    `mv ${shellWord(path)} ${shellWord(`${path}.old`)} puts it aside, and ${withFolder("tlslp revoke", dirname(path))} makes a new one`,
  revocationListPartial: () => "have the authority publish one complete list",
  revocationListCritical: () =>
    "have the authority publish a list in which this extension is not critical",
  revocationListAmbiguous: () =>
    "have the lists made with authorityKeyIdentifier, or give the authorities distinct names",
  revocationListExpired: () =>
    "fetch the authority's latest list; tlslp revoke makes it where the authority's key is",
  otherHostNames: ({ names, wanted, issuer }, { peer }) => {
    const hosts = [...names.map((name) => peer(name, printable)), wanted];
    const remedy =
      issuer === undefined
        ? `run tlslp certs renew server --hosts ${hosts.join(",")}`
        : `ask ${peer(issuer, printable)} for one that names ${wanted}`;
    return names.length === 0 ? remedy : `call the server by one of these names, or ${remedy}`;
  },
  certificatesRejected: ({ text }) => {
    if (text.endsWith("key usage bit incorrect")) {
      return "our certificate's key usage must include digitalSignature, or be left out";
    }
    return text.endsWith("unsupported algorithm")
      ? `our key must be one of ${USABLE_KEYS}`
      : undefined;
  },
};
