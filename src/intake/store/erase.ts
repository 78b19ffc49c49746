/**
 * Removes personal data for good. An entry stays, with its time, outcome and fingerprint, so that
 * it still counts.
 */
import { orAborted } from "../../deadline.ts";
import { type Database, retry, type Sql, yieldToOthers } from "../database/database.ts";
import { firstIdOf } from "../id.ts";

/** The entries in one transaction: other transactions must not wait for long. */
const PAGE = 100;

/** How long to wait for readers, in seconds: the log is not emptied while they read. */
const PATIENCE = 30;

export interface EraseOptions {
  /** Ends the work early, also while it waits for other programs; its reason is then thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each transaction, with the number of entries that are erased so far. */
  readonly onProgress?: ((count: number) => void) | undefined;
}

/** Erases those of these entries that are there; returns the ids that are not. */
export async function eraseEntries(
  database: Database,
  ids: readonly string[],
  { signal, onProgress }: EraseOptions = {},
): Promise<readonly string[]> {
  const erased = new Set<string>();
  for (let begin = 0; begin < ids.length; begin += PAGE) {
    const page = ids.slice(begin, begin + PAGE).map((id) => id.toUpperCase());
    const rows = await patiently(database, signal, () =>
      database.transact((sql) => eraseRows(sql, page)),
    );
    for (const id of rows) {
      erased.add(id);
    }
    onProgress?.(erased.size);
    await yieldToOthers();
  }
  await patiently(database, signal, () => database.scrub());
  return ids.filter((id) => !erased.has(id.toUpperCase()));
}

/** Erases all entries from before this time; returns how many. */
export async function eraseBefore(
  database: Database,
  time: Date,
  { signal, onProgress }: EraseOptions = {},
): Promise<number> {
  const end = firstIdOf(time);
  let last = "";
  let count = 0;
  for (;;) {
    const ids = await patiently(database, signal, () =>
      database.transact(async (sql) => {
        const rows: { id: string }[] = await sql`
          select id from tlslp_entries where erased = 0 and id > ${last} and id < ${end}
          order by id limit ${PAGE}`;
        const page = rows.map(({ id }) => id);
        await eraseRows(sql, page);
        return page;
      }),
    );
    count += ids.length;
    last = ids.at(-1) ?? last;
    onProgress?.(count);
    if (ids.length < PAGE) {
      break;
    }
    await yieldToOthers();
  }
  // Also after nothing was erased: the command before this one may have failed here.
  await patiently(database, signal, () => database.scrub());
  return count;
}

/** Erases these entries in the transaction that runs; returns the ids of those that are there. */
async function eraseRows(sql: Sql, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) {
    return [];
  }
  const rows: { id: string }[] = await sql`
    update tlslp_entries set participant = null, subject = null, address = null, answers = null,
      receipt = null, erased = 1, pending = 0
    where id in ${sql(ids)} returning id`;
  return rows.map(({ id }) => id);
}

/** Tries an action while other programs hinder it, until the signal aborts. */
function patiently<T>(
  database: Database,
  signal: AbortSignal | undefined,
  action: () => Promise<T>,
): Promise<T> {
  return retry(database.isTransient, PATIENCE, async () => {
    signal?.throwIfAborted();
    return orAborted(action(), signal);
  });
}
