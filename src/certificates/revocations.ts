/**
 * The lists of revoked certificates, as a set: each is vetted alone, and used or set aside. With
 * lists the TLS stack refuses every certificate on them, and every certificate of an authority
 * without a current list.
 */
import type { X509Certificate } from "node:crypto";
import { Fault } from "../fault/fault.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import { type InputFile, readTrusted } from "../io/input.ts";
import type { FiledCertificate } from "./certificate-file.ts";
import type { Expiry } from "./expiry.ts";
import { encodeVetted, type VettedPem } from "./pem.ts";
import { type RevocationList, readRevocationLists } from "./revocation-list.ts";
import { subjectOf } from "./subject.ts";
import { maySignLists } from "./vetting.ts";

/** Lists are valid for days or weeks, so the warning comes late: in days. */
const LIST_NOTICE = 1;

export interface Revocations {
  /** One list each. */
  readonly lists: readonly VettedPem[];
  readonly expiries: readonly Expiry[];
  /** Why each other list is not used. */
  readonly setAside: readonly Fault[];
}

/**
 * The certificates whose key signed a list: several where an authority was renewed for the same
 * key, or another authority signed its key too.
 */
type Makers = readonly [X509Certificate, ...X509Certificate[]];

/** A list that is used, and its place. */
interface UsedList {
  readonly list: RevocationList;
  readonly makers: Makers;
  readonly file: NamedFile;
  readonly until: Date;
}

/** Why a list is not used, and the authority that made it, if that is known. */
interface UnusedList {
  readonly fault: Fault;
  readonly makers?: Makers;
}

/**
 * Reads the lists; there must be a current one of each authority. Throws a usage fault that names
 * the file at fault, or the authority without a list.
 */
export async function readRevocations(
  files: readonly InputFile[],
  authorities: readonly FiledCertificate[],
): Promise<Revocations> {
  const trusted = authorities.map(({ certificate }) => certificate);
  const used: UsedList[] = [];
  const unused: UnusedList[] = [];
  for (const file of files) {
    for (const list of await readRevocationLists(readTrusted(file), file)) {
      const vetted = await vet(list, trusted, file);
      if ("fault" in vetted) {
        unused.push(vetted);
      } else {
        used.push(vetted);
      }
    }
  }
  requireEach(trusted, used, unused);
  refuseAmbiguity(used);
  return {
    lists: used.map(({ list }) => encodeVetted("X509 CRL", [list.der])),
    expiries: used.map(({ file, until }) => ({ file, date: until, notice: LIST_NOTICE })),
    setAside: unused.map(({ fault }) => fault),
  };
}

/** Vets one list. */
async function vet(
  list: RevocationList | Fault,
  trusted: readonly X509Certificate[],
  file: NamedFile,
): Promise<UsedList | UnusedList> {
  if (list instanceof Fault) {
    return { fault: list };
  }
  const makers = await findMakers(list, trusted);
  if (makers === undefined) {
    return { fault: new Fault("revocationListForeign", { file }) };
  }
  const barred = makers.find((maker) => !maySignLists(maker));
  if (barred !== undefined) {
    const authority = subjectOf(barred);
    return { makers, fault: new Fault("revocationListUnauthorized", { file, authority }) };
  }
  const { thisUpdate, nextUpdate: until, unusableExtension } = list;
  const now = new Date();
  if (unusableExtension !== undefined) {
    const { id: extension, isPartial } = unusableExtension;
    const code = isPartial ? "revocationListPartial" : "revocationListCritical";
    return { makers, fault: new Fault(code, { file, extension }) };
  }
  if (until === undefined) {
    return { makers, fault: new Fault("revocationListEndless", { file }) };
  }
  if (now > until) {
    const date = until.toUTCString();
    return { makers, fault: new Fault("revocationListExpired", { file, date }) };
  }
  return now < thisUpdate
    ? { makers, fault: new Fault("notYetValid", { file, date: thisUpdate.toUTCString() }) }
    : { list, makers, file, until };
}

/** Returns the certificates of the authority that made a list; undefined if none is trusted. */
async function findMakers(
  list: RevocationList,
  trusted: readonly X509Certificate[],
): Promise<Makers | undefined> {
  const signed = await Promise.all(trusted.map((certificate) => list.isSignedBy(certificate)));
  const [first, ...others] = trusted.filter((_, i) => signed[i]);
  return first && [first, ...others];
}

/** Throws for the first authority without a list: the reasons against lists that may be its own. */
function requireEach(
  trusted: readonly X509Certificate[],
  used: readonly UsedList[],
  unused: readonly UnusedList[],
): void {
  const without = trusted.find((maker) => !used.some(({ makers }) => makers.includes(maker)));
  if (without === undefined) {
    return;
  }
  const reasons = unused
    .filter(({ makers }) => makers?.includes(without) ?? true)
    .map(({ fault }) => fault);
  const [reason, ...others] = reasons;
  throw reason !== undefined && others.length === 0
    ? reason
    : new Fault("revocationListMissing", {
        authority: subjectOf(without),
        reasons: reasons.map(({ message }) => message),
      });
}

/**
 * Throws where the TLS stack would take one authority's list for another's: it looks for a list by
 * the authority's name, and by the key only if the list names that.
 */
function refuseAmbiguity(used: readonly UsedList[]): void {
  for (const { list, makers, file } of used) {
    const [maker] = makers;
    const isAmbiguous = used.some(
      (other) => other.list.issuer === list.issuer && !other.makers.includes(maker),
    );
    if (isAmbiguous && !list.hasKeyIdentifier) {
      throw new Fault("revocationListAmbiguous", { file, authority: subjectOf(maker) });
    }
  }
}
