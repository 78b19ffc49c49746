/**
 * The certificates that an authority signs: of servers, and of clients. None of them outlives its
 * authority, because peers would refuse it from then on.
 */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type {
  Extension,
  JsonGeneralName,
  Name,
  X509Certificate as NewCertificate,
} from "@peculiar/x509";
import { Fault } from "../fault/fault.ts";
import { isPrintable } from "../fault/printable.ts";
import type { Authority } from "./authority.ts";
import type { Credential } from "./credentials.ts";
import { extensionsOf } from "./der.ts";
import {
  generateKeys,
  makeSerialNumber,
  type Period,
  periodOf,
  toCredential,
  toPem,
} from "./new-certificate.ts";
import { loadX509, type X509Library } from "./x509-library.ts";

/** The most characters of a common name (RFC 5280, appendix A.1). */
export const MAX_NAME_LENGTH = 64;

interface IssueOptions {
  /** How long it is valid, from `now`; it ends with its authority at the latest. */
  readonly days: number;
  /** Default: the current time. */
  readonly now?: Date;
}

export interface ServerOptions extends IssueOptions {
  /**
   * The DNS names and IP addresses that the certificate is for; or another certificate with the
   * same alternative names, of which it has at least one.
   */
  readonly hosts: readonly string[] | X509Certificate;
  /** Its common name, which no client looks at; default: "tlslp server". */
  readonly name?: string;
}

export interface ClientOptions extends IssueOptions {
  /** Its common name: printable text of at most `MAX_NAME_LENGTH` characters. */
  readonly name: string;
  /** SubjectPublicKeyInfo, DER; default: the key is made here. */
  readonly publicKey?: Uint8Array;
}

/** A client's certificate, and its key if it was made here; both PEM. */
export interface IssuedClient {
  readonly cert: string;
  readonly key?: string;
}

/** Makes the key and the certificate of a server. */
export async function issueServer(
  authority: Authority,
  { hosts, name = "tlslp server", ...options }: ServerOptions,
): Promise<Credential> {
  const x509 = await loadX509();
  const keys = await generateKeys();
  const certificate = await sign(x509, authority, options, name, keys.publicKey, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    hosts instanceof X509Certificate
      ? new x509.Extension(ALTERNATIVE_NAMES, false, alternativeNamesIn(hosts))
      : new x509.SubjectAlternativeNameExtension(hosts.map(toGeneralName)),
  ]);
  return toCredential(certificate, keys.privateKey);
}

/**
 * Makes the certificate of a client, and its key unless its public key is given.
 *
 * @throws {Fault} "usage" for a name that is empty, too long or not printable
 */
export async function issueClient(
  authority: Authority,
  options: ClientOptions & { readonly publicKey?: undefined },
): Promise<Credential>;
export async function issueClient(
  authority: Authority,
  options: ClientOptions,
): Promise<IssuedClient>;
export async function issueClient(
  authority: Authority,
  { name, publicKey, ...options }: ClientOptions,
): Promise<IssuedClient> {
  requireName(name);
  const x509 = await loadX509();
  const purpose = [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    new x509.Extension(ALTERNATIVE_NAMES, false, await directoryName(toSubject(x509, name))),
  ];
  if (publicKey !== undefined) {
    const spki = new Uint8Array(publicKey);
    return { cert: toPem(await sign(x509, authority, options, name, spki, purpose)) };
  }
  const keys = await generateKeys();
  const certificate = await sign(x509, authority, options, name, keys.publicKey, purpose);
  return toCredential(certificate, keys.privateKey);
}

/** Returns the period of a certificate of this many days; it lies within its authority's. */
function periodUnder({ certificate }: Authority, days: number, now: Date): Period {
  const { notBefore, notAfter } = periodOf(days, now);
  return {
    notBefore: new Date(Math.max(Number(notBefore), Number(certificate.notBefore))),
    notAfter: new Date(Math.min(Number(notAfter), Number(certificate.notAfter))),
  };
}

/** Whether a certificate of this many days would end after its authority. */
export function outlives({ certificate }: Authority, days: number, now = new Date()): boolean {
  return periodOf(days, now).notAfter > certificate.notAfter;
}

type PublicKey = Parameters<X509Library["PublicKey"]["create"]>[0];

async function sign(
  x509: X509Library,
  authority: Authority,
  { days, now = new Date() }: IssueOptions,
  name: string,
  publicKey: PublicKey,
  purpose: readonly Extension[],
): Promise<NewCertificate> {
  return x509.X509CertificateGenerator.create({
    ...periodUnder(authority, days, now),
    serialNumber: makeSerialNumber(),
    subject: toSubject(x509, name),
    issuer: authority.certificate.subjectName,
    publicKey,
    signingKey: authority.signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await authorityIdentifier(x509, authority),
      ...purpose,
    ],
  });
}

/** Returns an attribute, and no text such as "CN=name", which would be parsed. */
function toSubject({ Name }: X509Library, name: string): Name {
  return new Name([{ CN: [{ utf8String: name }] }]);
}

/**
 * Returns alternative names, DER: this one. Where an authority constrains names, TLS stacks take a
 * common name such as "alice" for a host name, and refuse it, unless there is an alternative name.
 * No constraint forbids this one that allows the subject.
 */
async function directoryName(subject: Name): Promise<ArrayBuffer> {
  const { Constructed, fromBER, Sequence } = await import("asn1js");
  const { result } = fromBER(subject.toArrayBuffer());
  const DIRECTORY_NAME = { tagClass: 3, tagNumber: 4 };
  const name = new Constructed({ idBlock: DIRECTORY_NAME, value: [result] });
  return new Sequence({ value: [name] }).toBER();
}

/** Returns the key identifier that the authority's own certificate has; otherwise the usual one. */
export async function authorityIdentifier(
  { AuthorityKeyIdentifierExtension, SubjectKeyIdentifierExtension }: X509Library,
  { certificate }: Authority,
): Promise<Extension> {
  const own = certificate.getExtension(SubjectKeyIdentifierExtension);
  return own === null
    ? AuthorityKeyIdentifierExtension.create(certificate.publicKey)
    : new AuthorityKeyIdentifierExtension(own.keyId);
}

/**
 * Characters without a shape of their own that names need: the joiners, which shape letters in
 * several scripts and join emoji, and the direction marks of Arabic and Hebrew.
 */
const INVISIBLE = /[\u061c\u200c-\u200f]/g;
/** The Hangul fillers are letters that show nothing. */
const BLANK = /^[\s\u115f\u1160\u3164\uffa0]*$/;

/** Whether a text can be the common name in a certificate, and a terminal can show it. */
export function isCertificateName(name: string): boolean {
  const visible = name.replaceAll(INVISIBLE, "");
  return (
    !BLANK.test(visible) &&
    isPrintable(visible) &&
    name.trim() === name &&
    Array.from(name).length <= MAX_NAME_LENGTH
  );
}

function requireName(name: string): void {
  if (!isCertificateName(name)) {
    throw new Fault("certificateNameUnusable", { name, maxLength: MAX_NAME_LENGTH });
  }
}

const ALTERNATIVE_NAMES = "2.5.29.17";

/** Returns the alternative names in a certificate, DER. */
function alternativeNamesIn({ raw }: X509Certificate): Uint8Array<ArrayBuffer> {
  const names = extensionsOf(raw).find(({ id }) => id === ALTERNATIVE_NAMES);
  return new Uint8Array(names?.value ?? []);
}

function toGeneralName(host: string): JsonGeneralName {
  return { type: isIP(host) === 0 ? "dns" : "ip", value: host };
}
