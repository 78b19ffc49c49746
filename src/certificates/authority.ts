/**
 * A private certificate authority: made here, or opened from its files. The profile is RFC 5280's:
 * critical basic constraints and key usage, key identifiers, random serial numbers.
 */
import { type KeyObject, webcrypto } from "node:crypto";
import { join } from "node:path";
import type { X509Certificate } from "@peculiar/x509";
import { Fault } from "../fault/fault.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import { type InputFile, readSecret, readTrusted } from "../io/input.ts";
import { type FiledCertificate, readCertificates, readPrivateKey } from "./certificate-file.ts";
import type { Credential } from "./credentials.ts";
import { type AskPassword, withoutPassword } from "./decrypted-file.ts";
import { generateKeys, makeSerialNumber, periodOf, toCredential } from "./new-certificate.ts";
import { USABLE_CURVES } from "./strength.ts";
import { AUTHORITY_NAME } from "./subject.ts";
import { authorityFault, generalFault } from "./vetting.ts";
import { loadX509 } from "./x509-library.ts";

/** How long an authority is valid unless the user says otherwise, in days. */
export const AUTHORITY_DAYS = 3650;

/** An authority that can sign. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly signingKey: webcrypto.CryptoKey;
}

/** An authority that was made here, and the content of its files. */
export interface NewAuthority extends Authority {
  readonly credential: Credential;
}

/** Makes an authority. Only the returned value holds its key. */
export async function makeAuthority(
  days: number = AUTHORITY_DAYS,
  now = new Date(),
): Promise<NewAuthority> {
  const x509 = await loadX509();
  const { KeyUsageFlags } = x509;
  const keys = await generateKeys();
  const serialNumber = makeSerialNumber();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...periodOf(days, now),
    serialNumber,
    name: `${AUTHORITY_NAME} ${serialNumber.slice(0, 8)}`,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const credential = await toCredential(certificate, keys.privateKey);
  return { certificate, signingKey: keys.privateKey, credential };
}

/** The names of an authority's files in errors. */
export interface AuthorityFiles {
  readonly certificate: NamedFile;
  readonly key: NamedFile;
}

/**
 * Opens an authority from PEM, for its next certificates.
 *
 * @param files where the PEM comes from, if it comes from files
 * @throws {Fault} "usage" when the key is not the certificate's, or when the certificate is not an
 *   authority's or has expired
 */
export async function openAuthority(
  pem: { readonly certificate: string | Uint8Array; readonly key: string | Uint8Array },
  files: AuthorityFiles = {
    certificate: { purpose: "authorities" },
    key: { purpose: "authorityKey" },
  },
): Promise<Authority> {
  const key = readPrivateKey(Buffer.from(pem.key), files.key);
  const { certificate } = findOwn(Buffer.from(pem.certificate), key, files);
  const x509 = await loadX509();
  return {
    certificate: new x509.X509Certificate(certificate.raw),
    signingKey: await importKey(key),
  };
}

/**
 * Opens the authority whose files `ca-cert.pem` and `ca-key.pem` are in a folder; throws as
 * `openAuthority` does, and when a file cannot be read.
 *
 * @param ask called if the key is encrypted
 */
export async function readAuthority(folder: string, ask: AskPassword): Promise<Authority> {
  const certificate: InputFile = { purpose: "authorities", path: join(folder, "ca-cert.pem") };
  const key: InputFile = { purpose: "authorityKey", path: join(folder, "ca-key.pem") };
  const pem = {
    certificate: readTrusted(certificate),
    key: await withoutPassword(readSecret(key), key, ask),
  };
  return openAuthority(pem, { certificate, key });
}

/** Returns the certificate of a key: of several, the first that can be used. */
function findOwn(bytes: Uint8Array, key: KeyObject, files: AuthorityFiles): FiledCertificate {
  const { certificates, damaged, strays } = readCertificates(bytes, files.certificate);
  const own = certificates.filter(({ certificate }) => certificate.checkPrivateKey(key));
  const faults = own.map((each) => generalFault(each) ?? authorityFault(each, undefined));
  const usable = own.find((_, i) => faults[i] === undefined);
  if (usable !== undefined) {
    return usable;
  }
  const [reason] = [...faults, ...(certificates.length === 0 ? [...damaged, ...strays] : [])];
  throw reason ?? new Fault("keyMismatch", { key: files.key, cert: files.certificate });
}

/** Imports a key for signatures; its kind is one that `readPrivateKey` lets through. */
function importKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const der = key.export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", new Uint8Array(der), algorithmOf(key), false, [
    "sign",
  ]);
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) {
  switch (asymmetricKeyType) {
    case "rsa":
      return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    case "ed25519":
      return { name: "Ed25519" };
    default: {
      const { namedCurve = "" } = asymmetricKeyDetails ?? {};
      const curve = USABLE_CURVES.find(({ name }) => name === namedCurve);
      return { name: "ECDSA", namedCurve: curve?.webName ?? namedCurve };
    }
  }
}
