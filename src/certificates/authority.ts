/**
 * A private certificate authority and the two certificates that it signs, one for a server and one
 * for a client; P-256 throughout. The profile is RFC 5280's: critical basic constraints and key
 * usage, key identifiers, random serial numbers.
 */
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { AUTHORITY_NAME, type Credential, type Credentials } from "./credentials.ts";

const EC_P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
const DAY = 24 * 60 * 60 * 1000;
/** Clocks differ: what we make is valid a little before now, in milliseconds. */
const CLOCK_SKEW = 5 * 60 * 1000;

interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** See `makeCredentials`. */
export async function signCredentials(
  hosts: readonly string[],
  days: number,
  now: Date,
): Promise<Credentials> {
  const validity = {
    notBefore: new Date(now.getTime() - CLOCK_SKEW),
    notAfter: new Date(now.getTime() + days * DAY),
  };
  const caKeys = await generateKeys();
  const ca = await signAuthority(caKeys, validity);
  const [server, client] = await Promise.all([
    issue("tlslp server", ca, caKeys, validity, [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(hosts.map(toGeneralName)),
    ]),
    issue("tlslp client", ca, caKeys, validity, [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ]),
  ]);
  return { ca: await toPem(ca, caKeys), server, client };
}

async function signAuthority(
  keys: webcrypto.CryptoKeyPair,
  validity: Validity,
): Promise<X509Certificate> {
  return X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: makeSerialNumber(),
    name: AUTHORITY_NAME,
    keys,
    signingAlgorithm: SIGNING,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
}

async function issue(
  name: string,
  ca: X509Certificate,
  caKeys: webcrypto.CryptoKeyPair,
  validity: Validity,
  purpose: readonly Extension[],
): Promise<Credential> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    ...validity,
    serialNumber: makeSerialNumber(),
    subject: `CN=${name}`,
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: SIGNING,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      ...purpose,
    ],
  });
  return toPem(certificate, keys);
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(EC_P256, true, ["sign", "verify"]);
}

/** 127 random bits: positive, and at most the 20 octets of RFC 5280, section 4.1.2.2. */
function makeSerialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  const [first = 0, ...rest] = bytes;
  return Buffer.from([(first & 0x7f) | 0x40, ...rest]).toString("hex");
}

function toGeneralName(host: string): JsonGeneralName {
  return { type: isIP(host) === 0 ? "dns" : "ip", value: host };
}

async function toPem(
  certificate: X509Certificate,
  keys: webcrypto.CryptoKeyPair,
): Promise<Credential> {
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: `${certificate.toString("pem")}\n`,
    key: `${PemConverter.encode(key, "PRIVATE KEY")}\n`,
  };
}
