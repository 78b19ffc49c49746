/**
 * Removes personal data for good. An entry stays, with its time, outcome and fingerprint, so that
 * it still counts.
 */
import { type Database, patiently, type Sql } from "../database/database.ts";
import { firstIdOf } from "../id.ts";
import { blank, PERSONAL_COLUMNS, type Row } from "./rows.ts";

/** Entries in one transaction: others must not wait for long. */
const PAGE = 100;

/** How long to wait for readers, in seconds: what they may still read cannot be removed. */
const PATIENCE = 30;

/** Erases those of these entries that are there; returns the ids that are not. */
export async function eraseEntries(
  database: Database,
  ids: readonly string[],
): Promise<readonly string[]> {
  const unknown = new Set(ids);
  for (let begin = 0; begin < ids.length; begin += PAGE) {
    const page = ids.slice(begin, begin + PAGE);
    const found = await inPatience(database, async (sql) => {
      const upper = page.map((id) => id.toUpperCase());
      const rows: Row[] = await sql`select * from tlslp_entries where id in ${sql(upper)}`;
      await eraseRows(sql, rows);
      return new Set(rows.map(({ id }) => id));
    });
    for (const id of page) {
      if (found.has(id.toUpperCase())) {
        unknown.delete(id);
      }
    }
  }
  await scrub(database);
  return [...unknown];
}

/** Erases all entries of a time before this; returns how many that were. */
export async function eraseBefore(database: Database, time: Date): Promise<number> {
  const end = firstIdOf(time);
  let last = "";
  let count = 0;
  for (;;) {
    const rows = await inPatience(database, async (sql) => {
      const page: Row[] = await sql`
        select * from tlslp_entries where erased = 0 and id > ${last} and id < ${end}
        order by id limit ${PAGE}`;
      await eraseRows(sql, page);
      return page;
    });
    count += rows.length;
    last = rows.at(-1)?.id ?? last;
    if (rows.length < PAGE) {
      break;
    }
  }
  if (count > 0) {
    await scrub(database);
  }
  return count;
}

async function eraseRows(sql: Sql, rows: readonly Row[]): Promise<void> {
  for (const row of rows) {
    const blanks = Object.fromEntries(
      PERSONAL_COLUMNS.map((column) => [column, row[column] === null ? null : blank(row[column])]),
    );
    await sql`
      update tlslp_entries set ${sql({ ...blanks, erased: 1, pending: 0 })} where id = ${row.id}`;
  }
}

function inPatience<T>(database: Database, action: (sql: Sql) => Promise<T>): Promise<T> {
  return patiently(database.isTransient, PATIENCE, () => database.transact(action));
}

function scrub(database: Database): Promise<void> {
  return patiently(database.isTransient, PATIENCE, () => database.scrub());
}
