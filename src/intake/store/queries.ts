/**
 * The queries that read entries. Many are read page by page, so that memory stays flat and no
 * reader holds the database for long.
 */

import { REQUESTS, type RequestName } from "../../wire/message.ts";
import { type Database, type Sql, yieldToOthers } from "../database/database.ts";
import type { Entry, Outcome } from "../entry.ts";
import { firstIdOf } from "../id.ts";
import { entryOf, parseRequests, type Row } from "./rows.ts";

/** The conditions for entries; every one is optional. */
export interface Filter {
  /** That time and later. */
  readonly since?: Date | undefined;
  /** Before that time. */
  readonly until?: Date | undefined;
  readonly outcome?: Outcome | undefined;
  /** A part of the participant's name, subject or fingerprint, in any case. */
  readonly participant?: string | undefined;
}

export type Order = "newest first" | "oldest first";

const PAGE = 200;

export async function findEntry(database: Database, id: string): Promise<Entry | undefined> {
  const [row] = await database.read(
    (sql): Promise<Row[]> => sql`select * from tlslp_entries where id = ${id.toUpperCase()}`,
  );
  return row && entryOf(row);
}

/** Yields the entries that pass the filter, `limit` at most. */
export async function* readEntries(
  database: Database,
  filter: Filter,
  order: Order,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Entry> {
  let rest = limit;
  let last: string | undefined;
  while (rest > 0) {
    // The participant's name is compared after the page is read, so its pages are whole ones.
    const size = filter.participant === undefined ? Math.min(PAGE, rest) : PAGE;
    const page = await readPage(database, filter, order, last, size);
    for (const entry of page.map(entryOf)) {
      if (rest > 0 && isWanted(entry, filter)) {
        rest -= 1;
        yield entry;
      }
    }
    last = page.at(-1)?.id;
    if (page.length < size) {
      return;
    }
    await yieldToOthers();
  }
}

/** Returns the ids of submissions before `until` that the on-pass command must handle, in order. */
export async function readPending(
  database: Database,
  until: Date,
  limit: number,
): Promise<readonly string[]> {
  const rows = await database.read(
    (sql): Promise<Pick<Row, "id">[]> => sql`
      select id from tlslp_entries where pending = 1 and id < ${firstIdOf(until)}
      order by id limit ${limit}`,
  );
  return rows.map(({ id }) => id);
}

/** Returns the requests that these submissions answer, in the protocol's order; if none, all. */
export async function readRequests(
  database: Database,
  filter: Filter,
): Promise<readonly RequestName[]> {
  const rows = await database.read(
    (sql): Promise<Pick<Row, "requests">[]> =>
      sql`select distinct requests from tlslp_entries where ${conditionOf(sql, filter)}`,
  );
  const found = new Set(rows.flatMap(({ requests }) => parseRequests(requests)));
  return found.size === 0 ? REQUESTS : REQUESTS.filter((request) => found.has(request));
}

/** Returns how many submissions a participant has; its session waits. */
export async function readPasses(database: Database, fingerprint: string): Promise<number> {
  const [row] = await database.readSoon(
    (sql) => sql`select passes from tlslp_participants where fingerprint = ${fingerprint}`,
  );
  return row?.passes ?? 0;
}

function readPage(
  database: Database,
  filter: Filter,
  order: Order,
  last: string | undefined,
  size: number,
): Promise<Row[]> {
  return database.read((sql) => {
    const condition = conditionOf(sql, filter);
    if (order === "newest first") {
      const rest = last === undefined ? condition : sql`${condition} and id < ${last}`;
      return sql`select * from tlslp_entries where ${rest} order by id desc limit ${size}`;
    }
    const rest = last === undefined ? condition : sql`${condition} and id > ${last}`;
    return sql`select * from tlslp_entries where ${rest} order by id limit ${size}`;
  });
}

/** Returns the part of a filter that the database can check; ids sort by time. */
function conditionOf(sql: Sql, { since, until, outcome }: Filter) {
  let condition = sql`1 = 1`;
  if (outcome !== undefined) {
    condition = sql`${condition} and outcome = ${outcome}`;
  }
  if (since !== undefined) {
    condition = sql`${condition} and id >= ${firstIdOf(since)}`;
  }
  if (until !== undefined) {
    condition = sql`${condition} and id < ${firstIdOf(until)}`;
  }
  return condition;
}

/** Whether an entry's names pass: databases differ about the case of letters beyond ASCII. */
function isWanted({ participant, subject, fingerprint }: Entry, filter: Filter): boolean {
  const wanted = filter.participant?.toLowerCase();
  return (
    wanted === undefined ||
    [participant, subject, fingerprint].some((text) => text?.toLowerCase().includes(wanted))
  );
}
