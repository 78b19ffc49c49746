/**
 * Revoking certificates: the journal has each revocation, and the list is made of the journal and
 * of the list before it.
 *
 * Several programs may do this at once without a lock. Each appends to the journal first, and looks
 * at it again once it has written its list. So the program that writes last sees the revocations of
 * all others, and makes the list again if one is missing.
 */
import { join } from "node:path";
import type { Authority } from "../certificates/authority.ts";
import {
  type ExistingList,
  type MadeList,
  makeRevocationList,
  NO_LIST,
  readExistingList,
  requireListSigner,
  serialsOf,
} from "../certificates/make-revocation-list.ts";
import { canonicalSerial } from "../certificates/new-certificate.ts";
import { isFault } from "../fault/fault.ts";
import { type InputFile, readTrusted } from "../io/input.ts";
import { writeWhole } from "../io/write-whole.ts";
import { appendIssued, type Issued, readIssued } from "./issued.ts";

export interface RevokeOptions {
  /** The folder of the authority, its journal and its list. */
  readonly dir: string;
  readonly authority: Authority;
  /** In how many days the next list is due. */
  readonly days: number;
}

export interface PublishedList extends Omit<MadeList, "pem"> {
  readonly path: string;
}

/**
 * Notes revocations in the journal, and makes the authority's list `crl.pem` again, with these and
 * all earlier ones.
 *
 * @param serials in hexadecimal; none: the list is only renewed
 * @throws {Fault} "usage" when a file cannot be used, or the authority may not sign lists;
 *   "internal" when the disk fails
 */
export async function publishRevocations(
  serials: readonly string[],
  { dir, authority, days }: RevokeOptions,
): Promise<PublishedList> {
  const file: InputFile = { purpose: "revocations", path: join(dir, "crl.pem") };
  requireListSigner(authority, file);
  note(serials, await readList(file, authority), dir);
  for (;;) {
    const existing = await readList(file, authority);
    const revoked = revocationsOf(readIssued(dir));
    const { pem, ...made } = await makeRevocationList(authority, {
      existing,
      revoked,
      days,
      now: new Date(),
    });
    await writeWhole(file.path, [pem], 0o644);
    const isComplete = revocationsOf(readIssued(dir))
      .keys()
      .every((serial) => made.serials.has(serial));
    if (isComplete) {
      return { path: file.path, ...made };
    }
  }
}

/** Appends to the journal what it does not have yet: these revocations, and those of the list. */
function note(serials: readonly string[], existing: ExistingList, dir: string): void {
  const { records, revocations } = readIssued(dir);
  const onList = serialsOf(existing);
  const listed = records.filter(({ serial }) => onList.has(canonicalSerial(serial)));
  const all = new Set([...serials, ...listed.map(({ serial }) => serial)]);
  const missing = [...all].filter((serial) => !revocations.has(serial));
  if (missing.length > 0) {
    const revoked = new Date().toISOString();
    appendIssued(
      dir,
      missing.map((serial) => ({ serial, revoked })),
    );
  }
}

function revocationsOf({ revocations }: Issued): ReadonlyMap<string, Date> {
  return new Map(
    revocations.entries().map(([serial, time]) => [canonicalSerial(serial), new Date(time)]),
  );
}

async function readList(file: InputFile, authority: Authority): Promise<ExistingList> {
  let bytes: Buffer;
  try {
    bytes = readTrusted(file);
  } catch (thrown) {
    if (isFault(thrown, "fileUnreadable") && thrown.facts.code === "ENOENT") {
      return NO_LIST;
    }
    throw thrown;
  }
  return readExistingList(bytes, file, authority);
}
