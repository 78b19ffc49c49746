/**
 * Certificates and keys from files, vetted before any socket sees them: the TLS stack accepts an
 * empty or foreign value in silence, and would then trust everybody.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { oldFault } from "../fault/fault.ts";
import { type FilePurpose, nameOf } from "../fault/sentences/files.ts";
import { type InputFile, readSecret, readTrustedText } from "../io/input.ts";
import { otherIssuer } from "./issuer.ts";
import { certificatesIn, otherFormIn } from "./pem.ts";
import { USABLE_KEYS, type Weakness, weaknessOf } from "./strength.ts";

/** Who we are: a certificate (chain) and its key, both PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Which end of a connection a certificate is for. */
export type End = "server" | "client";

/** What the texts are called in errors: with their files' names, where they came from files. */
interface IdentityNames {
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads and vets a certificate (chain) and its key, PEM; throws a usage fault that names the file
 * at fault. A key that others may write, or that everybody may read, is refused; so is a certificate
 * that is for the other end, where it is said which end this is.
 */
export function readIdentity(
  cert: InputFile | string,
  key: InputFile | string,
  end?: End,
): Identity {
  const certFile = toFile(cert, "cert");
  const keyFile = toFile(key, "key");
  const identity = { cert: readTrustedText(certFile), key: readSecret(keyFile) };
  vetIdentity(identity, end, { cert: nameOf(certFile), key: nameOf(keyFile) });
  return identity;
}

/**
 * Throws a usage fault unless the certificate is valid now, and for this end, the key is its own,
 * and no certificate of the chain is weak.
 */
export function vetIdentity(
  { cert, key }: Identity,
  end?: End,
  names: IdentityNames = { cert: "the certificate", key: "the private key" },
): void {
  const chain = parseCertificates(cert, names.cert);
  const [leaf] = chain;
  if (!leaf.checkPrivateKey(parseKey(key, names.key))) {
    throw oldFault("usage", `${names.key} does not belong to ${names.cert}`);
  }
  refuseOutsideValidity(leaf, names.cert);
  if (end !== undefined) {
    refuseOtherUse(leaf, end, names.cert);
  }
  for (const certificate of chain) {
    refuseWeakness(certificate, names.cert);
  }
}

/** Reads and vets the certificates of those who may vouch for the peer, PEM. */
export function readAuthorities(authorities: InputFile | string): string {
  const file = toFile(authorities, "authorities");
  const text = readTrustedText(file);
  vetAuthorities(text, nameOf(file));
  return text;
}

/** Throws a usage fault unless the text holds certificates of authorities, all valid now. */
export function vetAuthorities(text: string, name = "the authority's certificate"): void {
  for (const certificate of parseCertificates(text, name)) {
    if (!certificate.ca) {
      throw oldFault("usage", `${name} is not the certificate of an authority`);
    }
    refuseOutsideValidity(certificate, name);
    refuseWeakness(certificate, name);
  }
}

function toFile(file: InputFile | string, purpose: FilePurpose): InputFile {
  return typeof file === "string" ? { path: file, purpose } : file;
}

function parseCertificates(text: string, name: string): [X509Certificate, ...X509Certificate[]] {
  // The TLS stack would believe an authority that nobody has vetted.
  const form = otherFormIn(text);
  if (form !== undefined) {
    throw oldFault("usage", `${name} has a "BEGIN ${form}", which cannot be vetted`, {
      hint: "openssl x509 makes a plain CERTIFICATE of it",
    });
  }
  const blocks = certificatesIn(text);
  if (blocks.length !== text.split("-----BEGIN CERTIFICATE-----").length - 1) {
    throw oldFault("usage", `${name} is damaged`);
  }
  try {
    const [first, ...rest] = blocks.map((pem) => new X509Certificate(pem));
    if (first !== undefined) {
      return [first, ...rest];
    }
  } catch (cause) {
    throw oldFault("usage", `${name} is damaged`, { cause });
  }
  throw oldFault("usage", `${name} holds no PEM certificate`);
}

function parseKey(text: string, name: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw oldFault("usage", `${name} holds no unencrypted PEM private key`, {
      hint: `${USABLE_KEYS}; openssl pkey takes a password off`,
      cause,
    });
  }
}

function refuseOutsideValidity(certificate: X509Certificate, name: string): void {
  const now = Date.now();
  if (now > Date.parse(certificate.validTo)) {
    const issuer = otherIssuer(certificate);
    throw oldFault("usage", `${name} expired on ${certificate.validTo}`, {
      hint: issuer ? `ask ${issuer} for a new one` : "tlslp certs --force makes new ones",
    });
  }
  if (now < Date.parse(certificate.validFrom)) {
    throw oldFault("usage", `${name} is valid only from ${certificate.validFrom}`);
  }
}

/** Extended key usages (RFC 5280, section 4.2.1.12), as certificates and as OpenSSL name them. */
const USES: Readonly<Record<End, { readonly id: string; readonly name: string }>> = {
  server: { id: "1.3.6.1.5.5.7.3.1", name: "serverAuth" },
  client: { id: "1.3.6.1.5.5.7.3.2", name: "clientAuth" },
};
const ANY_USE = "2.5.29.37.0";

/** Every peer would turn away who shows a certificate that is for something else. */
function refuseOtherUse(certificate: X509Certificate, end: End, name: string): void {
  const use = USES[end];
  // The extended ones, in spite of the name; a certificate without any is for everything.
  const uses = certificate.keyUsage as readonly string[] | undefined;
  if (uses !== undefined && !uses.includes(use.id) && !uses.includes(ANY_USE)) {
    throw oldFault("usage", `${name} is not meant for a ${end}`, {
      hint: `its extended key usage must have ${use.name} in it, or be left out`,
    });
  }
}

function refuseWeakness(certificate: X509Certificate, name: string): void {
  let weakness: Weakness | undefined;
  try {
    weakness = weaknessOf(certificate);
  } catch (cause) {
    throw oldFault("usage", `${name} has a key of a kind that cannot be used`, {
      hint: USABLE_KEYS,
      cause,
    });
  }
  if (weakness !== undefined) {
    throw oldFault("usage", `${name} has ${weakness.complaint}`, { hint: weakness.remedy });
  }
}
