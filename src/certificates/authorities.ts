/**
 * The certificates that we trust, as a set: each is vetted alone, and used or set aside.
 */
import type { X509Certificate } from "node:crypto";
import { Fault } from "../fault/fault.ts";
import type { End } from "../fault/sentences/certificates.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import { type InputFile, readTrusted } from "../io/input.ts";
import { type FiledCertificate, readCertificates, toInputFile } from "./certificate-file.ts";
import { encodeVetted, type VettedPem } from "./pem.ts";
import { isSelfSigned } from "./strength.ts";
import { authorityFault, generalFault, isBarredFromSigning, maySign } from "./vetting.ts";

/** The certificates of authorities that peers may have, and those that are not used. */
export interface VettedAuthorities {
  /** The certificates that are used. */
  readonly authorities: VettedPem;
  /** Why each other certificate of the file is not used. */
  readonly setAside: readonly Fault[];
}

/** The certificates of a file of authorities, each used or set aside. */
export interface AuthoritySet {
  readonly used: readonly FiledCertificate[];
  readonly setAside: readonly SetAside[];
  /** Why certificates that are used may not be enough. */
  readonly warnings: readonly Fault[];
}

/** Why a part of the file is not used. */
interface SetAside {
  readonly fault: Fault;
  /** Undefined for a part that cannot be read. */
  readonly certificate?: X509Certificate;
}

/**
 * Reads the certificates of the authorities, or of the peers themselves, that we trust.
 *
 * @param file a file, or its path; PEM, with any text between the certificates
 * @param end the end that the peers are, if known: an authority for other uses is set aside
 * @throws {Fault} "usage" when the file cannot be read or holds no certificate that can be used
 */
export function readAuthorities(file: InputFile | string, end?: End): VettedAuthorities {
  const named = toInputFile(file, "authorities");
  return toPem(vetAuthorities(readTrusted(named), named, end));
}

/**
 * Vets the certificates in text or bytes that came from no file; throws as `readAuthorities` does.
 */
export function parseAuthorities(pem: string | Uint8Array, end?: End): VettedAuthorities {
  return toPem(vetAuthorities(Buffer.from(pem), { purpose: "authorities" }, end));
}

/** Vets each certificate of a file. Throws a usage fault if none can be used. */
export function vetAuthorities(bytes: Uint8Array, file: NamedFile, end?: End): AuthoritySet {
  const { certificates, damaged, strays } = readCertificates(bytes, file);
  const candidates: FiledCertificate[] = [];
  const setAside: SetAside[] = [];
  for (const candidate of withoutDuplicates(certificates)) {
    const fault = trustFault(candidate, end);
    if (fault === undefined) {
      candidates.push(candidate);
    } else {
      setAside.push({ fault, certificate: candidate.certificate });
    }
  }
  const { rooted, rootless } = splitByRoot(candidates);
  for (const { certificate, name } of rootless) {
    setAside.push({ fault: new Fault("authorityWithoutRoot", name), certificate });
  }
  setAside.push(...[...damaged, ...strays].map((fault) => ({ fault })));
  const [reason] = setAside;
  if (rooted.length === 0 && reason !== undefined) {
    throw reason.fault;
  }
  const warnings = rooted
    .filter(({ certificate }) => isBarredFromSigning(certificate))
    .map(({ name }) => new Fault("trustedForItself", name));
  return { used: rooted, setAside, warnings };
}

/** Encodes the certificates of a set that are used, for the TLS stack. */
export function toPem({ used, setAside }: AuthoritySet): VettedAuthorities {
  const ders = used.map(({ certificate }) => certificate.raw);
  return {
    authorities: encodeVetted("CERTIFICATE", ders),
    setAside: setAside.map(({ fault }) => fault),
  };
}

function trustFault(candidate: FiledCertificate, end: End | undefined): Fault | undefined {
  const isTrustedForItself = isRoot(candidate.certificate);
  const fault = generalFault(candidate, isTrustedForItself);
  if (fault !== undefined) {
    return fault;
  }
  // A certificate that signed itself may be that of a peer: it is trusted for itself alone.
  const authority = authorityFault(candidate, end);
  return authority?.code === "notAuthority" && isTrustedForItself ? undefined : authority;
}

/**
 * Whether the TLS stack ends a chain with this certificate if it is trusted. The stack compares
 * names and key identifiers; it does not check a root's signature, which may be by an algorithm
 * that it does not know.
 */
function isRoot(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate) || isSelfSigned(certificate);
}

/** Separates the certificates below a root of the file: the TLS stack finds no other roots. */
function splitByRoot(candidates: readonly FiledCertificate[]): {
  readonly rooted: readonly FiledCertificate[];
  readonly rootless: readonly FiledCertificate[];
} {
  const rooted = new Set(candidates.filter(({ certificate }) => isRoot(certificate)));
  let size = -1;
  while (size < rooted.size) {
    size = rooted.size;
    for (const candidate of candidates) {
      if (rooted.values().some((issuer) => issued(issuer.certificate, candidate.certificate))) {
        rooted.add(candidate);
      }
    }
  }
  return {
    rooted: candidates.filter((candidate) => rooted.has(candidate)),
    rootless: candidates.filter((candidate) => !rooted.has(candidate)),
  };
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return (
      certificate.checkIssued(issuer) && maySign(issuer) && certificate.verify(issuer.publicKey)
    );
  } catch {
    return false; // The issuer's key is of another kind than the signature.
  }
}

function withoutDuplicates(certificates: readonly FiledCertificate[]): Iterable<FiledCertificate> {
  return new Map(certificates.map((filed) => [filed.certificate.fingerprint256, filed])).values();
}
