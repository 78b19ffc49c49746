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

/** A list that is used, and its place. */
interface UsedList {
  readonly list: RevocationList;
  readonly maker: X509Certificate;
  readonly file: NamedFile;
  readonly until: Date;
}

/** Why a list is not used, and the authority that made it, if that is known. */
interface UnusedList {
  readonly fault: Fault;
  readonly maker?: X509Certificate | undefined;
}

/**
 * Reads the lists; there must be a current one of each authority. Throws a usage fault that names
 * the file at fault, or the authority without a list.
 */
export async function readRevocations(
  files: readonly InputFile[],
  authorities: readonly FiledCertificate[],
): Promise<Revocations> {
  const makers = authorities.map(({ certificate }) => certificate);
  const used: UsedList[] = [];
  const unused: UnusedList[] = [];
  for (const file of files) {
    for (const list of await readRevocationLists(readTrusted(file), file)) {
      const vetted = await vet(list, makers, file);
      if ("fault" in vetted) {
        unused.push(vetted);
      } else {
        used.push(vetted);
      }
    }
  }
  requireEach(makers, used, unused);
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
  makers: readonly X509Certificate[],
  file: NamedFile,
): Promise<UsedList | UnusedList> {
  if (list instanceof Fault) {
    return { fault: list };
  }
  const maker = await findMaker(list, makers);
  if (maker === undefined) {
    return { fault: new Fault("revocationListForeign", { file }) };
  }
  if (!maySignLists(maker)) {
    const authority = subjectOf(maker);
    return { maker, fault: new Fault("revocationListUnauthorized", { file, authority }) };
  }
  const { thisUpdate, nextUpdate: until, unusableExtension: extension } = list;
  const now = new Date();
  if (extension !== undefined) {
    return { maker, fault: new Fault("revocationListPartial", { file, extension }) };
  }
  if (until === undefined) {
    return { maker, fault: new Fault("revocationListEndless", { file }) };
  }
  if (now > until) {
    const date = until.toUTCString();
    return { maker, fault: new Fault("revocationListExpired", { file, date }) };
  }
  return now < thisUpdate
    ? { maker, fault: new Fault("notYetValid", { file, date: thisUpdate.toUTCString() }) }
    : { list, maker, file, until };
}

/** Returns the certificate of the authority that made a list. */
async function findMaker(
  list: RevocationList,
  makers: readonly X509Certificate[],
): Promise<X509Certificate | undefined> {
  for (const maker of makers) {
    if (await list.isSignedBy(maker)) {
      return maker;
    }
  }
  return undefined;
}

/** Throws for the first authority without a list: the reason against its list, if there is one. */
function requireEach(
  makers: readonly X509Certificate[],
  used: readonly UsedList[],
  unused: readonly UnusedList[],
): void {
  const without = makers.find((maker) => !used.some((list) => list.maker === maker));
  if (without === undefined) {
    return;
  }
  const reason =
    unused.find(({ maker }) => maker === without) ??
    unused.find(({ maker }) => maker === undefined);
  throw reason?.fault ?? new Fault("revocationListMissing", { authority: subjectOf(without) });
}

/**
 * Throws where the TLS stack would take one authority's list for another's: it looks for a list by
 * the authority's name, and by the key only if the list names that.
 */
function refuseAmbiguity(used: readonly UsedList[]): void {
  for (const { list, maker, file } of used) {
    const isAmbiguous = used.some(
      (other) => other.list.issuer === list.issuer && other.maker !== maker,
    );
    if (isAmbiguous && !list.hasKeyIdentifier) {
      throw new Fault("revocationListAmbiguous", { file, authority: subjectOf(maker) });
    }
  }
}
