/**
 * Removes personal data for good. An entry stays, with its time, outcome and fingerprint, so that
 * it still counts.
 */
import { type Database, retry, type Sql, yieldToOthers } from "../database/database.ts";
import { firstIdOf } from "../id.ts";

/** The entries in one transaction: other transactions must not wait for long. */
const PAGE = 100;

/** How long to wait for readers, in seconds: the log is not emptied while they read. */
const PATIENCE = 30;

/** Erases those of these entries that are there; returns the ids that are not. */
export async function eraseEntries(
  database: Database,
  ids: readonly string[],
): Promise<readonly string[]> {
  const erased = new Set<string>();
  for (let begin = 0; begin < ids.length; begin += PAGE) {
    const page = ids.slice(begin, begin + PAGE).map((id) => id.toUpperCase());
    for (const id of await retryTransaction(database, (sql) => eraseRows(sql, page))) {
      erased.add(id);
    }
  }
  await scrub(database);
  return ids.filter((id) => !erased.has(id.toUpperCase()));
}

/** Erases all entries from before this time; returns how many. */
export async function eraseBefore(database: Database, time: Date): Promise<number> {
  const end = firstIdOf(time);
  let last = "";
  let count = 0;
  for (;;) {
    const ids = await retryTransaction(database, async (sql) => {
      const rows: { id: string }[] = await sql`
        select id from tlslp_entries where erased = 0 and id > ${last} and id < ${end}
        order by id limit ${PAGE}`;
      const page = rows.map(({ id }) => id);
      await eraseRows(sql, page);
      return page;
    });
    count += ids.length;
    last = ids.at(-1) ?? last;
    if (ids.length < PAGE) {
      break;
    }
    await yieldToOthers();
  }
  if (count > 0) {
    await scrub(database);
  }
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

function retryTransaction<T>(database: Database, action: (sql: Sql) => Promise<T>): Promise<T> {
  return retry(database.isTransient, PATIENCE, () => database.transact(action));
}

function scrub(database: Database): Promise<void> {
  return retry(database.isTransient, PATIENCE, () => database.scrub());
}
