/**
 * Lists of revoked certificates from files, vetted. With such lists the TLS stack refuses whoever
 * is on them, and also whoever is signed by an authority without a current list.
 */
import { X509Certificate } from "node:crypto";
import { oldFault } from "../fault/fault.ts";
import { nameOf } from "../fault/sentences/files.ts";
import { type InputFile, readTrusted } from "../io/input.ts";
import type { Expiry } from "./expiry.ts";
import { subjectOf } from "./fingerprint.ts";
import { certificatesIn } from "./pem.ts";
import type { RevocationList } from "./revocation-list.ts";

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
    const name = subjectOf(new X509Certificate(without));
    throw oldFault("usage", `there is no revocation list of the authority ${name}`, {
      hint: "with such lists every authority needs one: whom it signed would be refused without",
    });
  }
  return { lists, expiries };
}

async function parseLists(file: InputFile): Promise<readonly RevocationList[]> {
  const bytes = readTrusted(file);
  // The certificate library wants this global to exist before it is loaded, and few have lists.
  await import("reflect-metadata");
  const { parseRevocationLists } = await import("./revocation-list.ts");
  try {
    return parseRevocationLists(bytes);
  } catch (cause) {
    const message = `${nameOf(file)} is damaged, or is not one (PEM or DER)`;
    throw oldFault("usage", message, { cause });
  }
}

/** The certificate of the authority that made a list. */
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
  throw oldFault("usage", `${nameOf(file)} was not signed by an authority that we trust`);
}

function currentUntil({ thisUpdate, nextUpdate }: RevocationList, file: InputFile): Date {
  const now = Date.now();
  if (nextUpdate === undefined) {
    throw oldFault("usage", `${nameOf(file)} does not say until when it holds`);
  }
  if (now > nextUpdate.getTime()) {
    throw oldFault("usage", `${nameOf(file)} expired on ${nextUpdate.toUTCString()}`, {
      hint: "fetch the authority's latest",
    });
  }
  if (now < thisUpdate.getTime()) {
    throw oldFault("usage", `${nameOf(file)} is valid only from ${thisUpdate.toUTCString()}`);
  }
  return nextUpdate;
}
