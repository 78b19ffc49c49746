/**
 * Lists of revoked certificates (RFC 5280, section 5), signed by an authority. The certificate
 * library can make lists too, but it spoils entries without extensions, and takes long for many.
 */
import { webcrypto, X509Certificate } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  type AlgorithmIdentifier,
  Certificate,
  CertificateList,
  Extension,
  id_ce_cRLNumber,
  RevokedCertificate,
  TBSCertList,
  Time,
  Version,
} from "@peculiar/asn1-x509";
import { Integer } from "asn1js";
import { Fault } from "../fault/fault.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import type { Authority } from "./authority.ts";
import { elementsOf } from "./der.ts";
import { authorityIdentifier } from "./issue.ts";
import { canonicalSerial, periodOf } from "./new-certificate.ts";
import { encodePem } from "./pem.ts";
import { readRevocationLists } from "./revocation-list.ts";
import { subjectOf } from "./subject.ts";
import { maySignLists } from "./vetting.ts";
import { loadX509, type X509Library } from "./x509-library.ts";

/** The times at which certificates were revoked, by their serial numbers, canonical. */
export type RevokedSerials = ReadonlyMap<string, Date>;

/** A list of an authority that is there already. */
export interface ExistingList {
  readonly entries: readonly RevokedCertificate[];
  /** Of the newest, if there are several; 0 if it has none. */
  readonly number: bigint;
}

export const NO_LIST: ExistingList = { entries: [], number: 0n };

export interface ListOptions {
  readonly existing: ExistingList;
  /** Added to the entries that exist. */
  readonly revoked: RevokedSerials;
  /** When the next list is due, from `now`. */
  readonly days: number;
  readonly now: Date;
}

/** A list that was made. */
export interface MadeList {
  readonly pem: string;
  readonly nextUpdate: Date;
  /** The serial numbers of its certificates, canonical. */
  readonly serials: ReadonlySet<string>;
}

/** Throws a usage fault where the certificate of an authority does not let it sign lists. */
export function requireListSigner({ certificate }: Authority, file: NamedFile): void {
  const own = new X509Certificate(Buffer.from(certificate.rawData));
  if (!maySignLists(own)) {
    throw new Fault("revocationListUnauthorized", { file, authority: subjectOf(own) });
  }
}

/**
 * Reads the entries of an authority's list. Throws a usage fault for a list that is damaged, or of
 * another authority: a new list must not drop entries.
 */
export async function readExistingList(
  bytes: Buffer,
  file: NamedFile,
  authority: Authority,
): Promise<ExistingList> {
  const own = new X509Certificate(Buffer.from(authority.certificate.rawData));
  let { entries, number } = NO_LIST;
  for (const list of await readRevocationLists(bytes, file)) {
    if (list instanceof Fault) {
      throw list;
    }
    if (!(await list.isSignedBy(own))) {
      throw new Fault("revocationListOfOther", { file, authority: subjectOf(own) });
    }
    const { revokedCertificates = [], crlExtensions = [] } = parse(list.der).tbsCertList;
    const found = numberOf(crlExtensions);
    entries = [...entries, ...revokedCertificates];
    number = found > number ? found : number;
  }
  return { entries, number };
}

/** Makes the next list of an authority: with the entries that exist, and the others. */
export async function makeRevocationList(
  authority: Authority,
  { existing, revoked, days, now }: ListOptions,
): Promise<MadeList> {
  const x509 = await loadX509();
  const { notBefore: thisUpdate, notAfter: nextUpdate } = periodOf(days, now);
  const entries = new Map(existing.entries.map((entry) => [serialOfEntry(entry), entry]));
  for (const [serial, date] of revoked) {
    if (!entries.has(serial)) {
      entries.set(serial, makeEntry(serial, date));
    }
  }
  const { algorithm, sign } = signerOf(x509, authority);
  const list = new TBSCertList({
    version: Version.v2,
    signature: algorithm,
    issuer: AsnConvert.parse(authority.certificate.rawData, Certificate).tbsCertificate.subject,
    thisUpdate: new Time(thisUpdate),
    nextUpdate: new Time(nextUpdate),
    crlExtensions: [
      AsnConvert.parse((await authorityIdentifier(x509, authority)).rawData, Extension),
      new Extension({
        extnID: id_ce_cRLNumber,
        extnValue: new OctetString(Integer.fromBigInt(existing.number + 1n).toBER()),
      }),
    ],
  });
  // The member is left out where it would be empty (section 5.1.2.6).
  if (entries.size > 0) {
    list.revokedCertificates = [...entries.values()];
  }
  const signature = await sign(AsnConvert.serialize(list));
  const signed = new CertificateList({
    tbsCertList: list,
    signatureAlgorithm: algorithm,
    signature,
  });
  return {
    pem: encodePem("X509 CRL", new Uint8Array(AsnConvert.serialize(signed))),
    nextUpdate,
    serials: new Set(entries.keys()),
  };
}

/** Returns the serial numbers on a list, canonical. */
export function serialsOf({ entries }: ExistingList): ReadonlySet<string> {
  return new Set(entries.map(serialOfEntry));
}

function serialOfEntry({ userCertificate }: RevokedCertificate): string {
  return canonicalSerial(Buffer.from(userCertificate).toString("hex"));
}

function makeEntry(serial: string, date: Date): RevokedCertificate {
  const number = Integer.fromBigInt(BigInt(`0x${serial}`));
  return new RevokedCertificate({
    userCertificate: number.valueBlock.toBER(),
    revocationDate: new Time(date),
  });
}

function parse(der: Uint8Array): CertificateList {
  // As in revocation-list.ts: the default limit allows about two thousand certificates.
  return AsnConvert.parse(new Uint8Array(der), CertificateList, {
    berOptions: { maxNodes: der.length },
  });
}

function numberOf(extensions: readonly Extension[]): bigint {
  const found = extensions.find(({ extnID }) => extnID === id_ce_cRLNumber);
  const [number] = elementsOf(new Uint8Array(found?.extnValue.buffer ?? []));
  return BigInt(`0x0${Buffer.from(number?.content ?? []).toString("hex")}`);
}

/** How an authority signs: the identifier of the algorithm, and the function. */
interface Signer {
  readonly algorithm: AlgorithmIdentifier;
  readonly sign: (data: ArrayBuffer) => Promise<ArrayBuffer>;
}

const HASHES: Readonly<Record<string, string>> = { "P-384": "SHA-384", "P-521": "SHA-512" };

function signerOf(x509: X509Library, { signingKey }: Authority): Signer {
  const own = signingKey.algorithm as webcrypto.KeyAlgorithm & { readonly namedCurve?: string };
  const hash = HASHES[own.namedCurve ?? ""] ?? "SHA-256";
  const algorithm = own.name === "ECDSA" ? { ...own, hash } : own;
  return {
    algorithm: new x509.AlgorithmProvider().toAsnAlgorithm(algorithm),
    async sign(data) {
      const signature = await webcrypto.subtle.sign(algorithm, signingKey, data);
      return new x509.AsnEcSignatureFormatter().toAsnSignature(algorithm, signature) ?? signature;
    },
  };
}
