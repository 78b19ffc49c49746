/**
 * Finding the certificates that a user means: by name, by fingerprint or by serial number.
 */
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import type { Authority } from "../certificates/authority.ts";
import { readFirst } from "../certificates/certificate-file.ts";
import { fingerprintOf } from "../certificates/fingerprint.ts";
import { canonicalSerial } from "../certificates/new-certificate.ts";
import { commonNameOf } from "../certificates/subject.ts";
import { Fault } from "../fault/fault.ts";
import type { InputFile } from "../io/input.ts";
import { type Issued, type IssuedRecord, readIssued } from "./issued.ts";

/** A certificate that can be found. */
export type Findable = Pick<IssuedRecord, "serial" | "name" | "fingerprint" | "until" | "revoked">;

/** The certificates that `tlslp certs` makes, of which the journal knows nothing. */
const FILES = ["client-cert.pem", "server-cert.pem"];

/** Returns the certificates in the folder of an authority: its journal's, and those beside it. */
export function listFindables(
  dir: string,
  { certificate }: Authority,
  { records, revocations }: Issued,
): readonly Findable[] {
  const authority = new X509Certificate(Buffer.from(certificate.rawData));
  const known = new Set(records.map(({ serial }) => serial));
  const others = FILES.flatMap((name) => tryFirst({ purpose: "cert", path: join(dir, name) }))
    .filter((leaf) => leaf.checkIssued(authority))
    .map((leaf) => toFindable(leaf, revocations))
    .filter(({ serial }) => !known.has(serial));
  return [...records, ...others];
}

/** Returns the first certificate of a file; none where the file is absent or damaged. */
function tryFirst(file: InputFile): readonly X509Certificate[] {
  try {
    return [readFirst(file)];
  } catch (thrown) {
    if (thrown instanceof Fault) {
      return [];
    }
    throw thrown;
  }
}

function toFindable(leaf: X509Certificate, revocations: Issued["revocations"]): Findable {
  const serial = leaf.serialNumber.toLowerCase();
  return {
    serial,
    name: commonNameOf(leaf),
    fingerprint: fingerprintOf(leaf),
    until: new Date(leaf.validTo).toISOString(),
    revoked: revocations.get(serial) ?? null,
  };
}

/** A certificate that was found; without a name: nothing is known of this serial number. */
export interface Found {
  readonly serial: string;
  readonly name: string | null;
  /** When it was revoked; null: it is not known to be. */
  readonly revoked: string | null;
}

interface FindOptions {
  /** The folder of the authority, for errors. */
  readonly path: string;
  readonly now: Date;
}

/**
 * Returns the certificates that a word means: all of a public key, or one of a name or of a serial
 * number, which may be unknown here: of an older certificate, for example. Of several certificates
 * with one name, those that are revoked or have expired do not count, unless all have.
 *
 * @throws {Fault} "usage" for a word that means none, or for a name of several
 */
export function findIssued(
  word: string,
  findables: readonly Findable[],
  { path, now }: FindOptions,
): readonly Found[] {
  const ofKey = findables.filter(({ fingerprint }) => fingerprint === word);
  if (ofKey.length > 0) {
    return ofKey;
  }
  const ofName = findables.filter(({ name }) => name.normalize() === word.normalize());
  if (ofName.length > 0) {
    return [chooseOne(word, ofName, { path, now })];
  }
  const serial = readSerial(word);
  const ofSerial = findables.filter((each) => canonicalSerial(each.serial) === serial);
  if (ofSerial.length > 0) {
    return ofSerial;
  }
  if (serial !== undefined && serial.length >= LONG_SERIAL) {
    const digits = serial.length % 2 === 0 ? serial : `0${serial}`;
    return [{ serial: digits, name: null, revoked: null }];
  }
  const names = findables.map(({ name }) => name);
  throw new Fault("issuedUnknown", { word, path, names });
}

function chooseOne(name: string, all: readonly Findable[], { path, now }: FindOptions): Findable {
  const valid = all.filter(({ revoked }) => revoked === null);
  const current = valid.filter(({ until }) => new Date(until) > now);
  const choices = [current, valid, all].find((each) => each.length > 0) ?? all;
  const [first] = choices;
  // Of those that are revoked already, any will do.
  if (first === undefined || (choices.length > 1 && choices !== all)) {
    throw new Fault("issuedAmbiguous", { name, path, choices });
  }
  return first;
}

/** Serial numbers of this many digits or more are random; shorter words are misspelt names. */
const LONG_SERIAL = 16;

/**
 * Returns a serial number in hexadecimal as OpenSSL and browsers print it, in canonical form;
 * undefined for other words.
 */
function readSerial(word: string): string | undefined {
  const digits = word.replace(/^0x/i, "").replaceAll(":", "");
  return /^[0-9a-f]{1,40}$/i.test(digits) ? canonicalSerial(digits) : undefined;
}

/**
 * Returns how many certificates of an authority's folder are neither revoked nor expired.
 *
 * @throws {Fault} "usage" when the journal cannot be read
 */
export function countValid(dir: string, now: Date): number {
  const isValid = ({ revoked, until }: IssuedRecord) => revoked === null && new Date(until) > now;
  return readIssued(dir).records.filter(isValid).length;
}
