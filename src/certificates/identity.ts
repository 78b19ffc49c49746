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
 * @param cert a file, or its path; PEM, with the certificate of the key, and those of others
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
  const leaf = certificates.find(({ certificate }) => certificate.checkPrivateKey(key));
  if (leaf === undefined) {
    // A part that cannot be read may be the certificate of the key.
    const [reason] = certificates.length === 0 ? [...damaged, ...strays] : damaged;
    throw reason ?? new Fault("keyMismatch", files);
  }
  const chain = leaf === certificates[0] ? certificates : sortChain(leaf, certificates);
  requireSize(chain, files.cert);
  const fault = generalFault(leaf) ?? useFault(leaf, end);
  if (fault !== undefined) {
    throw fault;
  }
  const names = end === "server" ? nameFaults(leaf) : [];
  const chainFaults = chain
    .slice(1)
    .map((other) => generalFault(other) ?? authorityFault(other, end))
    .filter((found) => found !== undefined);
  return {
    identity: encode(chain, key),
    chain,
    warnings: [...names, ...chainFaults, ...damaged, ...strays],
  };
}

/** Returns the certificates in the order of TLS: the leaf, its issuer, and so on; then the rest. */
function sortChain(
  leaf: FiledCertificate,
  certificates: readonly FiledCertificate[],
): readonly FiledCertificate[] {
  const chain = new Set<FiledCertificate>();
  let next: FiledCertificate | undefined = leaf;
  while (next !== undefined) {
    const { certificate }: FiledCertificate = next;
    chain.add(next);
    next = certificates.find((other) => {
      return !chain.has(other) && certificate.checkIssued(other.certificate);
    });
  }
  return [...new Set([...chain, ...certificates])];
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
