/**
 * Failures of certificates, keys and revocation lists, ours and the peer's.
 */
import { transport, usage } from "../define.ts";
import { quoted } from "../printable.ts";
import { badFile, type NamedFile, nameOf } from "./files.ts";

/** Which end of a connection a certificate is for. */
export type End = "server" | "client";

/** Why others can forge a certificate, even if a trusted authority signed it. */
export type Weakness =
  | { readonly kind: "weak-key"; readonly bits: number; readonly minBits: number }
  | { readonly kind: "weak-signature"; readonly algorithm: string };

function describeWeakness(weakness: Weakness): string {
  return weakness.kind === "weak-key"
    ? `an RSA key of ${weakness.bits} bits; ${weakness.minBits} is the least`
    : `a signature by ${weakness.algorithm}; SHA-2 is needed`;
}

/** A certificate by its file, and by its subject too if the file holds others. */
export interface NamedCertificate {
  readonly file: NamedFile;
  readonly subject?: string;
}

function nameOfCertificate({ file, subject }: NamedCertificate): string {
  return subject === undefined ? nameOf(file) : `${nameOf(file)}: ${subject}`;
}

/** Defines the failure of a certificate: its name, and what is wrong with it. */
function badCertificate<Facts = Record<never, never>>(problem: (facts: Facts) => string) {
  return usage<Facts & NamedCertificate>(
    (facts) => `${nameOfCertificate(facts)} ${problem(facts)}`,
  );
}

/** The contents that a file may have instead of a PEM certificate or key. */
const CONTENTS = {
  der: "DER",
  pkcs12: "PKCS #12",
  pkcs7: "PKCS #7",
  java: "a Java key store",
  key: "a private key",
  publicKey: "a public key",
  request: "a certificate request",
  certificate: "a certificate",
  list: "a revocation list",
} as const;
export type Content = keyof typeof CONTENTS;

function insteadOf(found: Content | undefined): string {
  return found === undefined ? "" : `, only ${CONTENTS[found]}`;
}

/** Names of extensions (RFC 5280), by identifier. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  "2.5.29.15": "keyUsage",
  "2.5.29.17": "subjectAltName",
  "2.5.29.19": "basicConstraints",
  "2.5.29.20": "cRLNumber",
  "2.5.29.21": "reasonCode",
  "2.5.29.24": "invalidityDate",
  "2.5.29.27": "deltaCRLIndicator",
  "2.5.29.28": "issuingDistributionPoint",
  "2.5.29.29": "certificateIssuer",
  "2.5.29.14": "subjectKeyIdentifier",
  "2.5.29.18": "issuerAltName",
  "2.5.29.30": "nameConstraints",
  "2.5.29.31": "cRLDistributionPoints",
  "2.5.29.32": "certificatePolicies",
  "2.5.29.33": "policyMappings",
  "2.5.29.35": "authorityKeyIdentifier",
  "2.5.29.36": "policyConstraints",
  "2.5.29.37": "extKeyUsage",
  "2.5.29.46": "freshestCRL",
  "2.5.29.54": "inhibitAnyPolicy",
};

function nameOfExtension(id: string): string {
  return EXTENSIONS[id] ?? id;
}

/** Names of algorithms of passwords that are not read (RFC 8018 and 9579), by identifier. */
const PASSWORD_ALGORITHMS: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.5.3": "MD5 and DES",
  "1.2.840.113549.1.5.6": "MD5 and RC2",
  "1.2.840.113549.1.5.10": "SHA-1 and DES",
  "1.2.840.113549.1.5.14": "PBMAC1",
  "1.2.840.113549.3.2": "RC2",
  "1.2.840.113549.1.12.1.1": "SHA-1 and RC4",
  "1.2.840.113549.1.7.3": "a public key",
};

export const CERTIFICATE_SENTENCES = {
  keyMismatch: usage<{ key: NamedFile; cert: NamedFile }>(({ key, cert }) =>
    key.path !== undefined && key.path === cert.path
      ? `the private key and the certificate in ${nameOf(cert)} do not belong together`
      : `${nameOf(key)} does not belong to ${nameOf(cert)}`,
  ),
  /** `missing` is the value that an authority's extensions must have. */
  notAuthority: badCertificate<{ missing: "CA:TRUE" | "keyCertSign" }>(({ missing }) => {
    const lack = missing === "CA:TRUE" ? "basic constraints lack" : "key usage lacks";
    return `is not the certificate of an authority: its ${lack} ${missing}`;
  }),
  /** A warning: a certificate that signed itself may be that of a peer. */
  trustedForItself: badCertificate(
    () => "is trusted for itself alone, and signs no others: its key usage lacks keyCertSign",
  ),
  authorityWithoutRoot: badCertificate(
    () => "is an intermediate authority, and its root is missing",
  ),
  systemStoreMissing: usage(
    () => "the system's certificate store is in none of the places that are known here",
  ),
  otherPemForm: badFile<{ form: string }>(({ form }) => `has a "BEGIN ${form}", which is not read`),
  fileDamaged: badFile<{ line: number }>(({ line }) => `is damaged at line ${line}`),
  /** Base64 of a certificate, key or list without the BEGIN line that belongs before it. */
  outsidePem: badFile<{ line: number }>(
    ({ line }) => `has Base64 at line ${line} without a BEGIN line before it`,
  ),
  fileUtf16: badFile(() => "is text in UTF-16, not in ASCII or UTF-8"),
  noCertificate: badFile<{ found?: Content | undefined }>(
    ({ found }) => `holds no PEM certificate${insteadOf(found)}`,
  ),
  noPrivateKey: badFile<{ found?: Content | undefined }>(
    ({ found }) => `holds no PEM private key${insteadOf(found)}`,
  ),
  noPublicKey: badFile<{ found?: Content | undefined }>(
    ({ found }) => `holds no PEM public key${insteadOf(found)}`,
  ),
  certificateNameUnusable: usage<{ name: string; maxLength: number }>(
    ({ name, maxLength }) =>
      `${quoted(name)} cannot be the name in a certificate: it must be printable text of 1 to ${maxLength} characters, without spaces around it`,
  ),
  keyEncrypted: badFile(() => "is encrypted"),
  passwordWrong: usage<{ file: NamedFile }>(
    ({ file }) => `the password of ${nameOf(file)} is wrong`,
  ),
  /** `algorithm` is a name or an identifier. */
  encryptionUnknown: badFile<{ algorithm: string }>(
    ({ algorithm }) =>
      `is protected by ${PASSWORD_ALGORITHMS[algorithm] ?? algorithm}, which is not read`,
  ),
  keyDerivationTooCostly: badFile(() => "needs too much work or memory to be decrypted"),
  pkcs12Damaged: badFile(() => "is damaged PKCS #12"),
  /** `kind` is a name such as "Ed448". */
  unusableKeyKind: badFile<{ kind: string }>(
    ({ kind }) => `is of the kind ${kind}, which cannot be used`,
  ),
  sshKey: badFile(() => "is in the format of OpenSSH, which is not read"),
  /** `issuer` is absent for certificates that `makeCredentials` made. */
  certificateExpired: badCertificate<{ date: string; issuer?: string | undefined }>(
    ({ date }) => `expired on ${date}`,
  ),
  notYetValid: badCertificate<{ date: string }>(({ date }) => `is valid only from ${date}`),
  /** `usage` is the extended key usage that it needs. */
  wrongUse: badCertificate<{ end: End; usage: string }>(({ end }) => `is not meant for a ${end}`),
  wrongKeyUsage: badCertificate(() => "is not meant for TLS: its key usage lacks digitalSignature"),
  criticalExtension: badCertificate<{ extension: string }>(
    ({ extension }) =>
      `has the critical extension ${nameOfExtension(extension)}, which TLS stacks do not understand`,
  ),
  malformedExtension: badCertificate<{ extension: string }>(
    ({ extension }) =>
      `has a malformed extension ${nameOfExtension(extension)}, for which TLS stacks refuse it`,
  ),
  /** One certificate, or all that are shown together. */
  certificateTooLarge: badFile<{ bytes: number; maxBytes: number }>(
    ({ bytes, maxBytes }) => `has ${bytes} bytes of certificates; TLS stacks accept ${maxBytes}`,
  ),
  unusableKey: badCertificate(() => "has a key of a kind that cannot be used"),
  weakCertificate: badCertificate<{ weakness: Weakness }>(
    ({ weakness }) => `has ${describeWeakness(weakness)}`,
  ),
  peerCertificateWeak: transport<Weakness>(
    (weakness) => `the peer's certificate has ${describeWeakness(weakness)}`,
  ),
  /** A warning: servers without host names serve clients that do not look for one. */
  noHostNames: badCertificate(() => `names no host; ${COMMON_NAME_RULE}`),
  addressAsDnsName: badCertificate<{ address: string }>(
    ({ address }) =>
      `has the address ${address} as a DNS name, but clients compare addresses with IP entries only`,
  ),
  /** `reasons` are those against each list that may be the authority's. */
  revocationListMissing: usage<{ authority: string; reasons: readonly string[] }>(
    ({ authority, reasons }) =>
      reasons.length === 0
        ? `there is no revocation list of the authority ${authority}`
        : `there is no usable revocation list of the authority ${authority}: ${reasons.join("; ")}`,
  ),
  noListInFile: badFile<{ found: Content | undefined }>(
    ({ found }) => `holds no revocation list, PEM or DER${insteadOf(found)}`,
  ),
  revocationListDamaged: badFile<{ line?: number }>(({ line }) =>
    line === undefined ? "is damaged, or is DER of another kind" : `is damaged at line ${line}`,
  ),
  revocationListForeign: badFile(() => "was not signed by an authority that we trust"),
  /** A list in the place of an authority's own. */
  revocationListOfOther: badFile<{ authority: string }>(
    ({ authority }) => `was not made by the authority ${authority}`,
  ),
  revocationListUnauthorized: badFile<{ authority: string }>(
    ({ authority }) => `does not count: the key usage of its authority ${authority} lacks cRLSign`,
  ),
  /** The list is for some certificates, or for changes alone. */
  revocationListPartial: badFile<{ extension: string }>(
    ({ extension }) =>
      `has the extension ${nameOfExtension(extension)}, with which TLS stacks refuse every certificate`,
  ),
  revocationListCritical: badFile<{ extension: string }>(
    ({ extension }) =>
      `has the critical extension ${nameOfExtension(extension)}, for which TLS stacks refuse every certificate`,
  ),
  revocationListAmbiguous: badFile<{ authority: string }>(
    ({ authority }) =>
      `has no authority key identifier, and two authorities are called ${authority}`,
  ),
  revocationListEndless: badFile(() => "has no date of its next update"),
  revocationListExpired: badFile<{ date: string }>(({ date }) => `expired on ${date}`),
};

/** The end of each sentence about a certificate without host names. */
export const COMMON_NAME_RULE = "a common name does not count";
