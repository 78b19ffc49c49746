/**
 * Files of certificates and keys: parses them into values of the runtime, or returns the reason
 * against each part.
 */
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { Fault } from "../fault/fault.ts";
import type { Content, NamedCertificate } from "../fault/sentences/certificates.ts";
import type { FilePurpose, NamedFile } from "../fault/sentences/files.ts";
import { type InputFile, readTrusted } from "../io/input.ts";
import { algorithmOf, curveOf, elementsOf, identifierOf, SEQUENCE } from "./der.ts";
import { encodePem, type PemBlock, readPem } from "./pem.ts";
import { USABLE_CURVES } from "./strength.ts";
import { subjectOf } from "./subject.ts";

/** One certificate of a file. */
export interface FiledCertificate {
  readonly certificate: X509Certificate;
  /** Its name in errors: the file, and the subject if the file holds others. */
  readonly name: NamedCertificate;
}

export interface CertificateFile {
  /** In the order of the file. */
  readonly certificates: readonly FiledCertificate[];
  /** Blocks that should hold certificates, and cannot be read. */
  readonly damaged: readonly Fault[];
  /** Lines that look like a part of a block, outside all blocks. */
  readonly strays: readonly Fault[];
}

/** Names a file that is given by its path alone. */
export function toInputFile(file: InputFile | string, purpose: FilePurpose): InputFile {
  return typeof file === "string" ? { path: file, purpose } : file;
}

/** Labels of blocks that hold one certificate; the second is OpenSSL's oldest. */
const CERTIFICATES = ["CERTIFICATE", "X509 CERTIFICATE"];
/** Labels of blocks that hold certificates in a form that is not read here. */
const OTHER_FORMS = ["TRUSTED CERTIFICATE", "PKCS7", "CMS"];

/** Reads certificates, PEM. Throws a usage fault if nothing in the file looks like one. */
export function readCertificates(bytes: Uint8Array, file: NamedFile): CertificateFile {
  const { blocks, strayLines } = readPem(bytes, file);
  const relevant = blocks.filter(({ label }) => CERTIFICATES.includes(label));
  const parsed = relevant.map((block) => parseCertificate(block, file));
  const isAlone = blocks.length === 1;
  const certificates = parsed
    .filter((outcome) => outcome instanceof X509Certificate)
    .map((certificate) => ({
      certificate,
      name: isAlone ? { file } : { file, subject: subjectOf(certificate) },
    }));
  const damaged = [
    ...parsed.filter((outcome) => outcome instanceof Fault),
    ...blocks
      .filter(({ label }) => OTHER_FORMS.includes(label))
      .map(({ label }) => new Fault("otherPemForm", { file, form: label })),
  ];
  const strays = strayLines.map((line) => new Fault("outsidePem", { file, line }));
  if (certificates.length + damaged.length + strays.length === 0) {
    throw new Fault("noCertificate", { file, found: contentOf(bytes, blocks) });
  }
  return { certificates, damaged, strays };
}

/**
 * Reads the certificate of one end from a file, PEM: the first that is no authority's, or the first
 * of all. Throws a usage fault if the file holds no sound one.
 */
export function readFirst(file: InputFile): X509Certificate {
  const { certificates, damaged, strays } = readCertificates(readTrusted(file), file);
  const own = certificates.find(({ certificate }) => !certificate.ca) ?? certificates[0];
  if (own === undefined) {
    throw [...damaged, ...strays][0];
  }
  return own.certificate;
}

/** Returns certificates as PEM, without the text around them in their file. */
export function encodeFiled(certificates: readonly FiledCertificate[]): string {
  return certificates.map(({ certificate }) => encodePem("CERTIFICATE", certificate.raw)).join("");
}

/** The size of all certificates that TLS stacks accept from a peer, in bytes. */
export const MAX_CHAIN_SIZE = 100 * 1024;

function parseCertificate({ der, line }: PemBlock, file: NamedFile): X509Certificate | Fault {
  if (der !== undefined && der.length > MAX_CHAIN_SIZE) {
    // The runtime would call it damaged.
    const facts = { file, bytes: der.length, maxBytes: MAX_CHAIN_SIZE };
    return new Fault("certificateTooLarge", facts);
  }
  try {
    return new X509Certificate(der ?? "");
  } catch (cause) {
    return new Fault("fileDamaged", { file, line }, { cause });
  }
}

/** Reads a private key, PEM. Throws a usage fault with the reason if there is no usable one. */
export function readPrivateKey(bytes: Uint8Array, file: NamedFile): KeyObject {
  const { blocks, strayLines } = readPem(bytes, file);
  const block = blocks.find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (block === undefined) {
    const [line] = strayLines;
    if (line !== undefined) {
      throw new Fault("outsidePem", { file, line });
    }
    throw new Fault("noPrivateKey", { file, found: contentOf(bytes, blocks) });
  }
  const { label, der, line, isEncrypted } = block;
  if (isEncrypted || label === "ENCRYPTED PRIVATE KEY") {
    throw new Fault("keyEncrypted", { file });
  }
  if (der === undefined) {
    throw new Fault("fileDamaged", { file, line });
  }
  if (label === "OPENSSH PRIVATE KEY") {
    throw new Fault("sshKey", { file });
  }
  const kind = kindOf(label, der);
  if (kind !== undefined) {
    throw new Fault("unusableKeyKind", { file, kind });
  }
  try {
    return createPrivateKey(encodePem(label, der));
  } catch (cause) {
    throw new Fault("fileDamaged", { file, line }, { cause });
  }
}

/**
 * Reads a public key, PEM (SPKI), or the public part of a private key. Throws a usage fault with
 * the reason if there is none.
 */
export function readPublicKey(bytes: Uint8Array, file: NamedFile): KeyObject {
  const { blocks } = readPem(bytes, file);
  const block = blocks.find(({ label }) => label === "PUBLIC KEY");
  if (block === undefined) {
    const found = contentOf(bytes, blocks);
    if (found === "key") {
      return createPublicKey(readPrivateKey(bytes, file));
    }
    throw new Fault("noPublicKey", { file, found });
  }
  try {
    return createPublicKey({ key: block.der ?? Buffer.alloc(0), format: "der", type: "spki" });
  } catch (cause) {
    throw new Fault("fileDamaged", { file, line: block.line }, { cause });
  }
}

/** Algorithms of PKCS #8 keys that the TLS stack does not use, by identifier. */
const UNUSABLE_ALGORITHMS: Readonly<Record<string, string>> = {
  "1.3.101.110": "X25519",
  "1.3.101.111": "X448",
  "1.3.101.113": "Ed448",
  "1.2.840.113549.1.1.10": "RSA-PSS",
  "1.2.840.113549.1.3.1": "Diffie-Hellman",
  "1.2.840.10040.4.1": "DSA",
  "1.2.156.10197.1.301": "SM2",
};
const ELLIPTIC_CURVE = "1.2.840.10045.2.1";

/** Returns the kind of a key that the TLS stack does not use, if it is one. */
function kindOf(label: string, der: Uint8Array): string | undefined {
  switch (label) {
    case "PRIVATE KEY": {
      const [algorithm = "", curve] = algorithmOf(der);
      return algorithm === ELLIPTIC_CURVE ? kindOfCurve(curve) : UNUSABLE_ALGORITHMS[algorithm];
    }
    case "EC PRIVATE KEY":
      return kindOfCurve(curveOf(der));
    case "DSA PRIVATE KEY":
      return "DSA";
    default:
      return undefined;
  }
}

function kindOfCurve(curve: string | undefined): string | undefined {
  return curve === undefined || USABLE_CURVES.some(({ id }) => id === curve)
    ? undefined
    : `elliptic curve (${CURVE_NAMES[curve] ?? curve})`;
}

const CURVE_NAMES: Readonly<Record<string, string>> = {
  "1.3.132.0.10": "secp256k1",
  "1.3.132.0.33": "P-224",
};

/** The kind of PKCS #7 that holds certificates. */
const SIGNED_DATA = "1.2.840.113549.1.7.2";
/** The first bytes of a Java key store. */
const JAVA_KEY_STORE = Buffer.of(0xfe, 0xed, 0xfe, 0xed);
/** The version of PKCS #12, and the SEQUENCE after it. */
const PKCS_12_VERSION = Buffer.of(0x02, 0x01, 0x03, 0x30);

/** Whether a file looks like PKCS #12: a SEQUENCE that begins with its version. */
export function isPkcs12(bytes: Uint8Array): boolean {
  return bytes[0] === SEQUENCE && Buffer.from(bytes.subarray(0, 40)).includes(PKCS_12_VERSION);
}

/** Returns the kind of content that a file holds instead, if it is known. */
export function contentOf(bytes: Uint8Array, blocks: readonly PemBlock[]): Content | undefined {
  const head = Buffer.from(bytes.subarray(0, 40));
  if (isPkcs12(bytes)) {
    return "pkcs12";
  }
  const [der] = head[0] === SEQUENCE ? elementsOf(bytes) : [];
  if (der !== undefined) {
    return identifierOf(elementsOf(der)[0]) === SIGNED_DATA ? "pkcs7" : "der";
  }
  if (head.subarray(0, 4).equals(JAVA_KEY_STORE)) {
    return "java";
  }
  const labels = blocks.map(({ label }) => label);
  const holds = (end: string) => labels.some((label) => label.endsWith(end));
  if (holds("PRIVATE KEY")) {
    return "key";
  }
  if (holds("PUBLIC KEY")) {
    return "publicKey";
  }
  if (holds("CERTIFICATE REQUEST")) {
    return "request";
  }
  if (holds("CERTIFICATE")) {
    return "certificate";
  }
  return holds("CRL") ? "list" : undefined;
}
