/**
 * The parts that all certificates made here have in common: P-256 keys, random serial numbers, and
 * a period that begins a little before now.
 */
import { webcrypto } from "node:crypto";
import type { X509Certificate } from "@peculiar/x509";
import { DAY_MILLISECONDS } from "../seconds.ts";
import type { Credential } from "./credentials.ts";
import { encodePem } from "./pem.ts";

export interface Period {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Clocks differ: certificates are valid from a little before now, in milliseconds. */
const CLOCK_SKEW = 5 * 60 * 1000;

/** Returns the period of this many days from now. */
export function periodOf(days: number, now: Date): Period {
  return {
    notBefore: new Date(now.getTime() - CLOCK_SKEW),
    notAfter: new Date(now.getTime() + days * DAY_MILLISECONDS),
  };
}

/** Makes a key pair; the private key can be exported. */
export function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

/** The bytes of a serial number in hexadecimal, lower case. */
export const SERIAL = /^(?:[0-9a-f]{2}){1,20}$/;

/** Returns 127 random bits: positive, and at most the 20 octets of RFC 5280, section 4.1.2.2. */
export function makeSerialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  const [first = 0, ...rest] = bytes;
  return Buffer.from([(first & 0x7f) | 0x40, ...rest]).toString("hex");
}

/** Returns a serial number in hexadecimal without zeros before it, to be compared with others. */
export function canonicalSerial(hex: string): string {
  return hex.toLowerCase().replace(/^0+(?=.)/, "");
}

/** Returns a certificate and its key as PEM. */
export async function toCredential(
  certificate: X509Certificate,
  privateKey: webcrypto.CryptoKey,
): Promise<Credential> {
  const key = await webcrypto.subtle.exportKey("pkcs8", privateKey);
  return { cert: toPem(certificate), key: encodePem("PRIVATE KEY", new Uint8Array(key)) };
}

/** Returns a certificate as PEM. */
export function toPem({ rawData }: X509Certificate): string {
  return encodePem("CERTIFICATE", new Uint8Array(rawData));
}
