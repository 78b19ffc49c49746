/**
 * Lists of revoked certificates from files, vetted. With such lists the TLS stack refuses every
 * certificate on them, and every certificate of an authority without a current list.
 */
import { X509Certificate } from "node:crypto";
import { Fault } from "../fault/fault.ts";
import { type InputFile, readTrusted } from "../io/input.ts";
import type { Expiry } from "./expiry.ts";
import { certificatesIn } from "./pem.ts";
import { parseRevocationLists, type RevocationList } from "./revocation-list.ts";
import { subjectOf } from "./subject.ts";

/** Lists live for days or weeks, so the time to fetch the next one is short: in days. */
const LIST_NOTICE = 1;

export interface Revocations {
  /** PEM, one list each. */
  readonly lists: readonly string[];
  readonly expiries: readonly Expiry[];
}

/**
 * Reads the lists; there must be a current one of each of these authorities (PEM). Throws a usage
 * fault that names the file at fault.
 */
export async function readRevocations(
  files: readonly InputFile[],
  authorities: string,
): Promise<Revocations> {
  const makers = certificatesIn(authorities);
  const made = new Set<string>();
  const lists: string[] = [];
  const expiries: Expiry[] = [];
  for (const file of files) {
    for (const list of await parseLists(file)) {
      made.add(await findMaker(list, makers, file));
      expiries.push({ file, date: currentUntil(list, file), notice: LIST_NOTICE });
      lists.push(list.pem);
    }
  }
  const without = makers.find((maker) => !made.has(maker));
  if (without !== undefined) {
    const authority = subjectOf(new X509Certificate(without));
    throw new Fault("revocationListMissing", { authority });
  }
  return { lists, expiries };
}

async function parseLists(file: InputFile): Promise<readonly RevocationList[]> {
  const bytes = readTrusted(file);
  return parseRevocationLists(bytes).catch((cause: unknown) => {
    throw new Fault("revocationListDamaged", { file }, { cause });
  });
}

/** Returns the certificate of the authority that made a list. */
async function findMaker(
  list: RevocationList,
  authorities: readonly string[],
  file: InputFile,
): Promise<string> {
  for (const authority of authorities) {
    if (await list.isSignedBy(authority)) {
      return authority;
    }
  }
  throw new Fault("revocationListForeign", { file });
}

function currentUntil({ thisUpdate, nextUpdate }: RevocationList, file: InputFile): Date {
  const now = Date.now();
  if (nextUpdate === undefined) {
    throw new Fault("revocationListEndless", { file });
  }
  if (now > nextUpdate.getTime()) {
    throw new Fault("revocationListExpired", { file, date: nextUpdate.toUTCString() });
  }
  if (now < thisUpdate.getTime()) {
    throw new Fault("notYetValid", { file, date: thisUpdate.toUTCString() });
  }
  return nextUpdate;
}
