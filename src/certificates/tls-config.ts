/**
 * The identity and the trust of one end of a connection, from files.
 */
import { Fault } from "../fault/fault.ts";
import type { End } from "../fault/sentences/certificates.ts";
import { type InputFile, readSecret, readTrusted } from "../io/input.ts";
import { type AuthoritySet, parseAuthorities, toPem, vetAuthorities } from "./authorities.ts";
import { type FiledCertificate, isPkcs12 } from "./certificate-file.ts";
import { type AskPassword, withoutPassword, withoutPkcs12 } from "./decrypted-file.ts";
import { type Expiry, expiriesOf } from "./expiry.ts";
import { type Identity, type IdentityFindings, vetIdentity } from "./identity.ts";
import type { VettedPem } from "./pem.ts";
import { readRevocations } from "./revocations.ts";
import { readSystemAuthorities } from "./system-store.ts";

/** The peers that we accept: those with a certificate of these authorities, or any. */
export type Trust = Authorities | "anybody";

/** The servers that a client accepts; "none": no authority vouches for them, their pins do. */
export type ClientTrust = Trust | "none";

export interface Authorities {
  /** Certificates, as `readAuthorities` or `parseAuthorities` returns them. */
  readonly authorities: VettedPem;
  /** Lists of revoked certificates, one each: one of every authority, or none at all. */
  readonly revocations?: readonly VettedPem[];
}

/** `Trust` as a program gives it, before the certificates are vetted. */
export type TrustOption =
  | {
      /** Certificates, PEM: of `readAuthorities`, or of any other origin. */
      readonly authorities: string;
      /** Lists of revoked certificates, of `readTlsConfig`. */
      readonly revocations?: readonly VettedPem[] | undefined;
    }
  | "anybody";

/** `ClientTrust` as a program gives it; "system": the authorities of the operating system. */
export type ClientTrustOption = TrustOption | "system" | "none";

/** Throws a usage fault where nothing would decide which server is trusted. */
export function requirePin(trust: unknown, pins: readonly string[]): void {
  if (trust === "none" && pins.length === 0) {
    throw new Fault("pinMissing", {});
  }
}

/** Returns the trust of a client, as `checkTrust` does. */
export function checkClientTrust(trust: ClientTrustOption): ClientTrust {
  if (trust === "system") {
    return { authorities: toPem(readSystemAuthorities()).authorities };
  }
  return trust === "none" ? trust : checkTrust(trust);
}

/** Vets the certificates of the authorities: the TLS stack would trust everybody without any. */
export function checkTrust(trust: TrustOption): Trust {
  if (trust === "anybody") {
    return trust;
  }
  const { authorities } = parseAuthorities(trust.authorities);
  const { revocations } = trust;
  return revocations === undefined ? { authorities } : { authorities, revocations };
}

/** One end of a connection: its own certificate, and the peers that it accepts. */
export interface TlsConfig {
  /** The certificate (chain) and its key. */
  readonly identity: Identity;
  /** The authorities of the peers; or "anybody". */
  readonly trust: Trust;
}

/** The findings of vetting, beside the certificates and lists that are used. */
export interface Findings {
  /** When the certificates and lists that are used expire. */
  readonly expiries: readonly Expiry[];
  /** Why each certificate and list that is not used is not. */
  readonly setAside: readonly Fault[];
  /** Reasons why peers may refuse the certificates that are used, or be refused because of them. */
  readonly warnings: readonly Fault[];
}

/** The files of one end of a connection. */
export interface TlsFiles {
  /** The end that the files are for; certificates for the other end are refused. */
  readonly end: End;
  /** PEM, or PKCS #12 with the key. */
  readonly cert: InputFile;
  /** PEM or PKCS #12; it may be the same file. Not read if `isKeyOptional` and `cert` has a key. */
  readonly key: InputFile;
  /** Whether PKCS #12 in `cert` is enough. */
  readonly isKeyOptional?: boolean;
  /** Called for each encrypted file; default: there is no password. */
  readonly password?: AskPassword | undefined;
  /** The files of the peers' authorities; or "anybody", and then every peer is accepted. */
  readonly trust: TrustFiles | "anybody";
}

/** The files that say which peers are accepted. */
export interface TrustFiles {
  /** Certificates of authorities, PEM, one or more; "system": those of the operating system. */
  readonly authorities: InputFile | "system";
  /** Lists of revoked certificates; one of every authority, or none at all. */
  readonly revocations: readonly InputFile[];
}

/** The certificates and lists of files that were read and vetted. */
export interface LoadedTls extends TlsConfig, Findings {
  /**
   * Reads the lists of revoked certificates again, for the same certificates; throws as
   * `readTlsConfig` does.
   */
  readonly readListsAgain: () => Promise<LoadedTls>;
}

/** Reads and vets all files; throws a usage fault that names the one at fault. */
export async function readTlsConfig(files: TlsFiles): Promise<LoadedTls> {
  const readTrust = prepareTrust(files.trust, OTHER_END[files.end]);
  const { identity, chain, warnings } = await readOwn(files);

  async function readLists(): Promise<LoadedTls> {
    const trusted = await readTrust(chain);
    return {
      ...trusted,
      identity,
      expiries: [...expiriesOf(chain, new Date()), ...trusted.expiries],
      warnings: [...warnings, ...trusted.warnings],
      readListsAgain: readLists,
    };
  }

  return readLists();
}

async function readOwn(files: TlsFiles): Promise<IdentityFindings> {
  const { cert, end, isKeyOptional = false, password = async () => undefined } = files;
  const isOneFile = files.key.path === cert.path && cert.content === undefined;
  // A pipe can be read only once.
  const certBytes = isOneFile ? readSecret(files.key) : readTrusted(cert, isPkcs12);
  const certPem = await withoutPkcs12(certBytes, cert, password);
  if (isOneFile || (isKeyOptional && isPkcs12(certBytes))) {
    const keyPem = await withoutPassword(certPem, cert, password);
    return vetIdentity(certPem, keyPem, { cert, key: isOneFile ? files.key : cert }, end);
  }
  const { key } = files;
  const keyBytes = await withoutPkcs12(readSecret(key), key, password);
  return vetIdentity(certPem, await withoutPassword(keyBytes, key, password), files, end);
}

const OTHER_END = { server: "client", client: "server" } as const;

export type TrustFindings = Findings & { readonly trust: Trust };

/** Reads and vets the files that decide which servers a client trusts. */
export function readServerTrust(files: TrustFiles): Promise<TrustFindings> {
  return prepareTrust(files, "server")([]);
}

/**
 * Reads the authorities; the returned function reads their lists, each time that it is called. Our
 * own certificates may lie in the same file: that they are not used there needs no words.
 */
function prepareTrust(
  files: TrustFiles | "anybody",
  peer: End,
): (own: readonly FiledCertificate[]) => Promise<TrustFindings> {
  if (files === "anybody") {
    return async () => ({ trust: files, expiries: [], setAside: [], warnings: [] });
  }
  const set = readAuthoritySet(files.authorities, peer);
  const { authorities } = toPem(set);
  const { warnings } = set;
  return async (own) => {
    const ownPrints = own.map(({ certificate }) => certificate.fingerprint256);
    const setAside = set.setAside
      .filter(({ certificate }) => !ownPrints.includes(certificate?.fingerprint256 ?? ""))
      .map(({ fault }) => fault);
    // The system renews its own store.
    const expiries = files.authorities === "system" ? [] : expiriesOf(set.used, new Date());
    if (files.revocations.length === 0) {
      return { trust: { authorities }, expiries, setAside, warnings };
    }
    const revocations = await readRevocations(files.revocations, set.used);
    return {
      trust: { authorities, revocations: revocations.lists },
      expiries: [...expiries, ...revocations.expiries],
      setAside: [...setAside, ...revocations.setAside],
      warnings,
    };
  };
}

function readAuthoritySet(file: InputFile | "system", peer: End): AuthoritySet {
  return file === "system"
    ? readSystemAuthorities()
    : vetAuthorities(readTrusted(file), file, peer);
}
