/**
 * Authorities and certificates for tests, good ones and bad ones. They are made when a test runs,
 * in memory or in its temporary folder, and none is kept.
 */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
  X509CrlReason,
} from "@peculiar/x509";
import type { Identity } from "../../src/certificates/identity.ts";
import type { VettedPem } from "../../src/certificates/pem.ts";

export type Validity = "current" | "expired" | "not yet valid";

export interface AuthorityOptions {
  readonly name?: string;
  readonly validity?: Validity;
  /** False makes one whose basic constraints deny that it is an authority. */
  readonly isAuthority?: boolean;
  /** Whether it signed itself with SHA-1. */
  readonly forgeable?: boolean;
}

export interface CertificateOptions {
  /** The end that its extended key usage allows. */
  readonly purpose: "server" | "client";
  readonly validity?: Validity;
  /** DNS names and IP addresses; default: those of the loopback for a server. */
  readonly names?: readonly string[];
  /** Whether its key is RSA of 1024 bits, which is too weak. */
  readonly weak?: boolean;
  /** Whether its authority signed it with SHA-1. */
  readonly forgeable?: boolean;
  /** Its subject (RFC 4514); default: "CN=test client" or "CN=test server". */
  readonly subject?: string;
}

export interface Authority extends Credential {
  issue(options: CertificateOptions): Promise<Credential>;
  /** Returns a list, PEM, that revokes these certificates. */
  revoke(credentials: readonly Credential[], validity?: Validity): Promise<VettedPem>;
}

/**
 * A certificate and its key, typed as vetted although they are not: tests hand bad ones to the TLS
 * stack.
 */
export type Credential = Identity;

/** An authority with one good certificate for each end. */
export interface Credentials {
  readonly authority: Authority;
  readonly server: Credential;
  readonly client: Credential;
}

const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
const FORGEABLE = { name: "ECDSA", hash: "SHA-1" } as const;
const DAY = 24 * 60 * 60 * 1000;
const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "::1"];
const PURPOSES = {
  server: ExtendedKeyUsage.serverAuth,
  client: ExtendedKeyUsage.clientAuth,
} as const;

export async function makeCredentials(): Promise<Credentials> {
  const authority = await makeAuthority();
  const [server, client] = await Promise.all([
    authority.issue({ purpose: "server" }),
    authority.issue({ purpose: "client" }),
  ]);
  return { authority, server, client };
}

export async function makeAuthority(options: AuthorityOptions = {}): Promise<Authority> {
  const { name = "test authority", validity = "current", isAuthority = true } = options;
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...period(validity),
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    keys,
    signingAlgorithm: options.forgeable === true ? FORGEABLE : SIGNING,
    extensions: [
      new BasicConstraintsExtension(isAuthority, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pem = await toPem(certificate, keys);
  return {
    ...pem,
    issue: (wanted) => issue(certificate, keys, wanted),
    revoke: (credentials, listed = "current") => revoke(certificate, keys, credentials, listed),
  };
}

/** Writes a credential as `<name>-cert.pem` and `<name>-key.pem`, the key for its owner alone. */
export function writeCredential(
  folder: string,
  name: string,
  { cert, key }: { readonly cert: string; readonly key: string },
): { readonly cert: string; readonly key: string } {
  const paths = { cert: join(folder, `${name}-cert.pem`), key: join(folder, `${name}-key.pem`) };
  writeFileSync(paths.cert, cert);
  writeFileSync(paths.key, key, { mode: 0o600 });
  return paths;
}

async function issue(
  authority: X509Certificate,
  authorityKeys: webcrypto.CryptoKeyPair,
  options: CertificateOptions,
): Promise<Credential> {
  const { purpose, validity = "current" } = options;
  const names = options.names ?? (purpose === "server" ? LOOPBACK_NAMES : []);
  const keys = options.weak === true ? await generateWeakKeys() : await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    ...period(validity),
    serialNumber: serialNumber(),
    subject: options.subject ?? `CN=test ${purpose}`,
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: options.forgeable === true ? FORGEABLE : SIGNING,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([PURPOSES[purpose]]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
      ...alternativeNames(names),
    ],
  });
  return toPem(certificate, keys);
}

async function revoke(
  authority: X509Certificate,
  authorityKeys: webcrypto.CryptoKeyPair,
  credentials: readonly Credential[],
  validity: Validity,
): Promise<VettedPem> {
  const { notBefore, notAfter } = period(validity);
  const list = await X509CrlGenerator.create({
    issuer: authority.subject,
    thisUpdate: notBefore,
    nextUpdate: notAfter,
    // Without an extension the generator writes an empty list, which no parser accepts.
    entries: credentials.map(({ cert }) => ({
      serialNumber: new X509Certificate(cert).serialNumber,
      reason: X509CrlReason.keyCompromise,
    })),
    signingAlgorithm: SIGNING,
    signingKey: authorityKeys.privateKey,
    extensions: [await AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey)],
  });
  return unvetted(`${PemConverter.encode(list.rawData, "X509 CRL")}\n`);
}

/** Returns PEM text with the type of vetted text. */
export function unvetted(pem: string): VettedPem {
  return pem as VettedPem;
}

function alternativeNames(names: readonly string[]): Extension[] {
  return names.length === 0
    ? []
    : [
        new SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value })),
        ),
      ];
}

function period(validity: Validity): { readonly notBefore: Date; readonly notAfter: Date } {
  const days = { current: [-1, 30], expired: [-2, -1], "not yet valid": [1, 2] } as const;
  const [from, to] = days[validity];
  return {
    notBefore: new Date(Date.now() + from * DAY),
    notAfter: new Date(Date.now() + to * DAY),
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
}

function generateWeakKeys(): Promise<webcrypto.CryptoKeyPair> {
  const weak = { modulusLength: 1024, publicExponent: Uint8Array.of(1, 0, 1) };
  return webcrypto.subtle.generateKey(
    { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", ...weak },
    true,
    ["sign", "verify"],
  );
}

function serialNumber(): string {
  return `40${Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString("hex")}`;
}

async function toPem(
  certificate: X509Certificate,
  keys: webcrypto.CryptoKeyPair,
): Promise<Credential> {
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: unvetted(`${certificate.toString("pem")}\n`),
    key: unvetted(`${PemConverter.encode(key, "PRIVATE KEY")}\n`),
  };
}
