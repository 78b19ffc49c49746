/**
 * A private certificate authority and the two certificates that it signs, one for a server and one
 * for a client; P-256 throughout. The profile is RFC 5280's: critical basic constraints and key
 * usage, key identifiers, random serial numbers.
 */
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import type { Extension, JsonGeneralName, X509Certificate } from "@peculiar/x509";
import type { Credential, Credentials } from "./credentials.ts";
import { AUTHORITY_NAME } from "./subject.ts";
import { loadX509, type X509Library } from "./x509-library.ts";

const EC_P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
const DAY = 24 * 60 * 60 * 1000;
/** Clocks differ: certificates are valid from a little before now, in milliseconds. */
const CLOCK_SKEW = 5 * 60 * 1000;

interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** An authority that can sign. */
interface Authority {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

/**
 * Makes an authority, a server and a client. Only the returned value holds the authority's key, so
 * no one else can make more certificates.
 *
 * @param hosts the DNS names and IP addresses that the server's certificate is for
 * @param days how long all three are valid, from `now`
 */
export async function makeCredentials(
  hosts: readonly string[],
  days: number,
  now = new Date(),
): Promise<Credentials> {
  const x509 = await loadX509();
  const { ExtendedKeyUsage, ExtendedKeyUsageExtension, SubjectAlternativeNameExtension } = x509;
  const validity = {
    notBefore: new Date(now.getTime() - CLOCK_SKEW),
    notAfter: new Date(now.getTime() + days * DAY),
  };
  const authority = await makeAuthority(x509, validity);
  const [ca, server, client] = await Promise.all([
    toCredential(x509, authority.certificate, authority.keys),
    issue(x509, "tlslp server", authority, validity, [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(hosts.map(toGeneralName)),
    ]),
    issue(x509, "tlslp client", authority, validity, [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ]),
  ]);
  return { ca, server, client };
}

async function makeAuthority(x509: X509Library, validity: Validity): Promise<Authority> {
  const { KeyUsageFlags } = x509;
  const keys = await generateKeys();
  const serialNumber = makeSerialNumber();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber,
    name: `${AUTHORITY_NAME} ${serialNumber.slice(0, 8)}`,
    keys,
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keys };
}

async function issue(
  x509: X509Library,
  name: string,
  authority: Authority,
  validity: Validity,
  purpose: readonly Extension[],
): Promise<Credential> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    serialNumber: makeSerialNumber(),
    subject: `CN=${name}`,
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
      ...purpose,
    ],
  });
  return toCredential(x509, certificate, keys);
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(EC_P256, true, ["sign", "verify"]);
}

/** Returns 127 random bits: positive, and at most the 20 octets of RFC 5280, section 4.1.2.2. */
function makeSerialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  const [first = 0, ...rest] = bytes;
  return Buffer.from([(first & 0x7f) | 0x40, ...rest]).toString("hex");
}

function toGeneralName(host: string): JsonGeneralName {
  return { type: isIP(host) === 0 ? "dns" : "ip", value: host };
}

async function toCredential(
  { PemConverter }: X509Library,
  certificate: X509Certificate,
  keys: webcrypto.CryptoKeyPair,
): Promise<Credential> {
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: `${certificate.toString("pem")}\n`,
    key: `${PemConverter.encode(key, "PRIVATE KEY")}\n`,
  };
}
