/**
 * Our own certificate and private key, vetted before any socket sees them.
 */
import type { KeyObject } from "node:crypto";
import { Fault } from "../fault/fault.ts";
import type { End } from "../fault/sentences/certificates.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import { type InputFile, readSecret, readTrusted } from "../io/input.ts";
import {
  type FiledCertificate,
  MAX_CHAIN_SIZE,
  readCertificates,
  readPrivateKey,
  toInputFile,
} from "./certificate-file.ts";
import type { Credential } from "./credentials.ts";
import { alternativeNamesOf } from "./names.ts";
import { encodeVetted, type VettedPem } from "./pem.ts";
import { authorityFault, generalFault, useFault } from "./vetting.ts";

/** A certificate (chain) and its private key. Only `readIdentity` and `parseIdentity` make one. */
export interface Identity {
  /** PEM: the certificate of the key, and those of intermediate authorities after it. */
  readonly cert: VettedPem;
  /** PEM, not encrypted. */
  readonly key: VettedPem;
}

/** An identity, its certificates, and the warnings about them. */
export interface IdentityFindings {
  readonly identity: Identity;
  /** The leaf first. */
  readonly chain: readonly FiledCertificate[];
  readonly warnings: readonly Fault[];
}

/**
 * Reads the certificate (chain) and the private key of one end.
 *
 * @param cert a file, or its path; PEM, with the certificate of the key first
 * @param key PEM, not encrypted; a file that others can write, or that everybody can read, is
 *   refused
 * @param end the end that shows the certificate
 * @throws {Fault} "usage", with the file at fault: one cannot be read, the key does not belong to
 *   the certificate, or every peer would refuse the certificate
 */
export function readIdentity(
  cert: InputFile | string,
  key: InputFile | string,
  end: End,
): Identity {
  const files = { cert: toInputFile(cert, "cert"), key: toInputFile(key, "key") };
  return vetIdentity(readTrusted(files.cert), readSecret(files.key), files, end).identity;
}

/**
 * Vets text that came from no file, as `makeCredentials` returns it; throws as `readIdentity` does.
 */
export function parseIdentity({ cert, key }: Credential, end: End): Identity {
  const files = { cert: { purpose: "cert" }, key: { purpose: "key" } } as const;
  return vetIdentity(Buffer.from(cert), Buffer.from(key), files, end).identity;
}

interface IdentityFiles {
  readonly cert: NamedFile;
  readonly key: NamedFile;
}

/** Vets the content of both files. Throws a usage fault if every peer would refuse the leaf. */
export function vetIdentity(
  certBytes: Uint8Array,
  keyBytes: Uint8Array,
  files: IdentityFiles,
  end: End,
): IdentityFindings {
  const { certificates, damaged, strays } = readCertificates(certBytes, files.cert);
  const key = readPrivateKey(keyBytes, files.key);
  const [leaf, ...others] = certificates;
  const [reason] = leaf === undefined ? [...damaged, ...strays] : damaged;
  if (leaf === undefined || reason !== undefined) {
    throw reason;
  }
  requireOwnKey(certificates, key, files);
  requireSize(certificates, files.cert);
  const fault = generalFault(leaf) ?? useFault(leaf, end);
  if (fault !== undefined) {
    throw fault;
  }
  const names = end === "server" ? nameFaults(leaf) : [];
  const chainFaults = others
    .map((other) => generalFault(other) ?? authorityFault(other, end))
    .filter((found) => found !== undefined);
  return {
    identity: encode(certificates, key),
    chain: certificates,
    warnings: [...names, ...chainFaults, ...strays],
  };
}

function requireOwnKey(
  certificates: readonly FiledCertificate[],
  key: KeyObject,
  files: IdentityFiles,
): void {
  const index = certificates.findIndex(({ certificate }) => certificate.checkPrivateKey(key));
  if (index < 0) {
    throw new Fault("keyMismatch", files);
  }
  if (index > 0) {
    throw new Fault("chainOutOfOrder", { ...files, position: index + 1 });
  }
}

/**
 * Throws for certificates that are too large for a handshake, where three bytes before each tell
 * its length (RFC 8446, section 4.4.2).
 */
function requireSize(certificates: readonly FiledCertificate[], file: NamedFile): void {
  const bytes = certificates.reduce((sum, { certificate }) => sum + certificate.raw.length + 3, 0);
  if (bytes > MAX_CHAIN_SIZE) {
    throw new Fault("certificateTooLarge", { file, bytes, maxBytes: MAX_CHAIN_SIZE });
  }
}

/** Returns why clients may refuse a server: it names no host, or has an address as a DNS name. */
function nameFaults({ certificate, name }: FiledCertificate): readonly Fault[] {
  const { hosts, addressesAsDns } = alternativeNamesOf(certificate);
  const misplaced = addressesAsDns.map(
    (address) => new Fault("addressAsDnsName", { ...name, address }),
  );
  return hosts.length === 0 && misplaced.length === 0
    ? [new Fault("noHostNames", name)]
    : misplaced;
}

function encode(certificates: readonly FiledCertificate[], key: KeyObject): Identity {
  const ders = certificates.map(({ certificate }) => certificate.raw);
  const der = key.export({ type: "pkcs8", format: "der" });
  return { cert: encodeVetted("CERTIFICATE", ders), key: encodeVetted("PRIVATE KEY", [der]) };
}
