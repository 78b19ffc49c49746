/**
 * The changes that sessions make, and the queries that make many of them at once.
 */
import type { Sql } from "../database/database.ts";
import type { Row } from "./rows.ts";

export type Change =
  /** `passes`: how many submissions its participant may have; default: any number. */
  | { readonly type: "submission"; readonly row: Row; readonly passes?: number | undefined }
  | { readonly type: "attempt"; readonly row: Row }
  /** The client of a submission said OK. */
  | { readonly type: "acknowledgement"; readonly id: string }
  /** The on-pass command handled a submission. */
  | { readonly type: "handled"; readonly id: string }
  /** Finds out whether the store can be written. */
  | { readonly type: "probe" };

/** A change, and whether an earlier transaction may have made it although it failed. */
export interface WaitingChange {
  readonly change: Change;
  readonly wasTried: boolean;
}

type Recorded = Extract<Change, { readonly row: Row }>;

/** Longer than a submission, so that a disk with room for less is full. */
const PROBE_LENGTH = 16_384;

/** PostgreSQL's largest integer. */
const ANY_NUMBER = 2_147_483_647;

/** Makes the changes in the transaction that runs; returns those that were made. */
export async function commitChanges(
  sql: Sql,
  waiting: readonly WaitingChange[],
): Promise<ReadonlySet<Change>> {
  const made = new Set<Change>();
  const done = await findDone(sql, waiting);
  const toRecord: Recorded[] = [];
  for (const { change } of waiting) {
    if ("row" in change && !done.has(change.row.id)) {
      toRecord.push(change);
    } else {
      made.add(change);
    }
  }
  const admitted = await takePasses(sql, toRecord);
  if (admitted.length > 0) {
    await sql`insert into tlslp_entries ${sql(admitted.map(({ row }) => row))}`;
    for (const change of admitted) {
      made.add(change);
    }
  }
  await setFlags(sql, waiting);
  if (waiting.some(({ change }) => change.type === "probe")) {
    await sql`delete from tlslp_probe`;
    await sql`insert into tlslp_probe (at) values (${new Date().toISOString().padEnd(PROBE_LENGTH)})`;
  }
  return made;
}

/** Returns the ids of those entries that an earlier transaction has made. */
async function findDone(sql: Sql, waiting: readonly WaitingChange[]): Promise<ReadonlySet<string>> {
  const ids = waiting
    .filter(({ wasTried }) => wasTried)
    .flatMap(({ change }) => ("row" in change ? [change.row.id] : []));
  if (ids.length === 0) {
    return new Set();
  }
  const rows = await sql`select id from tlslp_entries where id in ${sql(ids)}`;
  return new Set(rows.map(({ id }: { id: string }) => id));
}

/**
 * Counts the submissions of their participants, and returns the changes that may be made. A count
 * and its limit are one statement, which locks the participant's row until the transaction ends: of
 * two that race for the last pass, in whichever processes, the second sees the first one's count.
 * All transactions take the rows in the same order, or two could wait for each other.
 */
async function takePasses(sql: Sql, changes: readonly Recorded[]): Promise<readonly Recorded[]> {
  const ordered = changes.toSorted((some, other) => compare(keyOf(some), keyOf(other)));
  const verdicts = await Promise.all(ordered.map((change) => takePass(sql, change)));
  return ordered.filter((_change, index) => verdicts[index]);
}

async function takePass(sql: Sql, change: Recorded): Promise<boolean> {
  const { fingerprint } = change.row;
  if (change.type === "attempt" || fingerprint === null) {
    return true;
  }
  const { passes = ANY_NUMBER } = change;
  const rows = await sql`
    insert into tlslp_participants as known (fingerprint, passes) values (${fingerprint}, 1)
    on conflict (fingerprint) do update set passes = known.passes + 1 where known.passes < ${passes}
    returning passes`;
  return rows.length === 1;
}

async function setFlags(sql: Sql, waiting: readonly WaitingChange[]): Promise<void> {
  const acknowledged = idsOf(waiting, "acknowledgement");
  if (acknowledged.length > 0) {
    await sql`update tlslp_entries set acknowledged = 1 where id in ${sql(acknowledged)}`;
  }
  const handled = idsOf(waiting, "handled");
  if (handled.length > 0) {
    await sql`update tlslp_entries set pending = 0 where id in ${sql(handled)}`;
  }
}

function idsOf(waiting: readonly WaitingChange[], type: Change["type"]): readonly string[] {
  return waiting.flatMap(({ change }) =>
    change.type === type && "id" in change ? [change.id] : [],
  );
}

function keyOf({ row }: Recorded): string {
  return row.fingerprint ?? "";
}

function compare(some: string, other: string): number {
  return some < other ? -1 : Number(some > other);
}
