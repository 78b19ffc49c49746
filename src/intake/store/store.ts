/**
 * The store of answers: its promises, and its interface. The parts of the intake, from the bottom
 * up; each imports only from lines above its own:
 *
 *   database/   one client for two databases: sqlite.ts and postgres.ts are each a `Database`
 *               (database.ts), with the versions of the schema in migrations/
 *   id.ts, entry.ts   the meaning of an entry, and its id
 *   store/      rows.ts and changes.ts write entries, queries.ts reads them, erase.ts erases them;
 *               writer.ts groups the changes of many sessions; health.ts watches whether it works;
 *               url.ts parses the place of a store
 *   questions/  the rules for answers; does not know the store
 *   export.ts, table.ts, statistics.ts, opening.ts   pure, on entries and times
 *   receipts.ts    signs and checks receipts, with keys from files
 *   retention.ts   erases old entries daily
 *   on-pass.ts     runs a command for each submission
 *   intake.ts      the steps of a server's sessions, put together from all of these
 *   open-intake.ts   makes an intake from settings
 *
 * Promises:
 * - A submission is one row, written in one transaction: the whole submission is there, or nothing.
 * - When `record` resolves, it is durable. When it rejects, the submission may be there or not.
 * - An entry is never there twice: a transaction that is tried again looks for its ids first.
 */
import { Fault } from "../../fault/fault.ts";
import type { RequestName } from "../../wire/message.ts";
import { type Database, MAX_PATIENCE, storeFault } from "../database/database.ts";
import { openPostgres } from "../database/postgres.ts";
import { openSqlite } from "../database/sqlite.ts";
import type { Attempt, Entry, Submission } from "../entry.ts";
import type { Change } from "./changes.ts";
import { type EraseOptions, eraseBefore, eraseEntries } from "./erase.ts";
import { type Health, monitorHealth, type StoreObserver } from "./health.ts";
import {
  type Filter,
  findEntry,
  type Order,
  readEntries,
  readPasses,
  readPending,
  readRequests,
} from "./queries.ts";
import { rowOfAttempt, rowOfSubmission } from "./rows.ts";
import { defaultStorePath, makeStateFolder, parseStoreUrl } from "./url.ts";
import { createChangeWriter } from "./writer.ts";

export interface Store {
  /** Its URL without a password, for people. */
  readonly name: string;
  readonly health: Health;
  /**
   * Keeps a submission: resolves when it is durable. Throws the fault `answeredAlready` when its
   * participant has no pass left, and `answersNotKept` when the store fails.
   */
  record(submission: Submission, options?: RecordOptions): Promise<void>;
  /** Keeps an attempt. Throws `answersNotKept` when the store fails. */
  recordAttempt(attempt: Attempt): Promise<void>;
  /** Records that a submission's client said OK. Throws `answersNotKept` if the store fails. */
  acknowledge(id: string): Promise<void>;
  /**
   * Returns how many submissions a participant has, the erased ones included. Throws
   * `answersNotKept` when the store fails.
   */
  passesOf(fingerprint: string): Promise<number>;
  find(id: string): Promise<Entry | undefined>;
  entries(filter: Filter, order: Order, limit?: number): AsyncGenerator<Entry>;
  /** Returns the requests that these entries answer, in the protocol's order. */
  requests(filter: Filter): Promise<readonly RequestName[]>;
  /**
   * Returns the ids of submissions before `until` that the on-pass command must handle, in order.
   */
  pending(until: Date, limit: number): Promise<readonly string[]>;
  /** Records that the on-pass command handled a submission. */
  markHandled(id: string): Promise<void>;
  /** Removes the personal data of entries for good; returns the ids that are unknown. */
  erase(ids: readonly string[], options?: EraseOptions): Promise<readonly string[]>;
  /** Removes the personal data of all entries before a time; returns how many there were. */
  eraseBefore(time: Date, options?: EraseOptions): Promise<number>;
  /** Writes waiting changes, and closes. */
  close(): Promise<void>;
}

export interface RecordOptions {
  /** How many submissions a participant may have; default: any number. */
  readonly passes?: number | undefined;
  /** Whether the on-pass command is to be run. */
  readonly isPending?: boolean;
}

export interface StoreOptions {
  /** A server makes the store where there is none, and must be able to write it. Default true. */
  readonly create?: boolean;
  /**
   * For how many seconds a locked or unreachable store is tried, while a client waits for DONE.
   * Default: 4.
   */
  readonly patience?: number;
  /** Called when the store fails, once a minute at most, and when it has recovered. */
  readonly observe?: StoreObserver;
  /** How often a store that failed is tried, in milliseconds. */
  readonly probeInterval?: number;
}

/**
 * Opens the store at a URL; undefined opens the default, and `none` returns undefined. Throws a
 * usage fault for a store that cannot be used, and a transport fault if it cannot be reached.
 */
export async function openStore(
  url: string | undefined,
  options: StoreOptions = {},
): Promise<Store | undefined> {
  const database = await openDatabase(url, options);
  return database && makeStore(database, options);
}

function openDatabase(
  url: string | undefined,
  { create = true, patience = MAX_PATIENCE }: StoreOptions,
): Promise<Database> | undefined {
  if (url === undefined) {
    const path = defaultStorePath();
    if (create) {
      makeStateFolder(path);
    }
    return openSqlite(path, { create, patience, isDefault: true });
  }
  const parsed = parseStoreUrl(url);
  switch (parsed.type) {
    case "none":
      return undefined;
    case "sqlite":
      return openSqlite(parsed.path, { create, patience });
    case "postgres":
      return openPostgres(parsed.url, { create, patience });
  }
}

function makeStore(
  database: Database,
  { patience = MAX_PATIENCE, observe = () => undefined, probeInterval }: StoreOptions,
): Store {
  const monitor = monitorHealth(() => write({ type: "probe" }).then(), observe, probeInterval);
  const writer = createChangeWriter(database, monitor, patience);

  async function write(change: Change): Promise<void> {
    if (!(await orNotKept(writer.write(change)))) {
      throw new Fault("answeredAlready", {});
    }
  }

  /** Reports a failure of the store, as the writer does for its changes. */
  async function reported<T>(action: Promise<T>): Promise<T> {
    try {
      return await action;
    } catch (cause) {
      monitor.fail(storeFault(database, cause));
      throw cause;
    }
  }

  /** Makes faults for sessions, which give clients no details. */
  async function orNotKept<T>(action: Promise<T>): Promise<T> {
    try {
      return await action;
    } catch (cause) {
      throw new Fault("answersNotKept", {}, { cause });
    }
  }

  /** Makes faults for commands, which name the store and the reason. */
  async function withStoreFault<T>(action: Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await action;
    } catch (cause) {
      signal?.throwIfAborted();
      throw storeFault(database, cause);
    }
  }

  return {
    name: database.name,
    get health() {
      return monitor.health;
    },
    record: (submission, { passes, isPending = false } = {}) =>
      write({ type: "submission", row: rowOfSubmission(submission, isPending), passes }),
    recordAttempt: (attempt) => write({ type: "attempt", row: rowOfAttempt(attempt) }),
    acknowledge: (id) => write({ type: "acknowledgement", id }),
    passesOf: (fingerprint) => orNotKept(reported(readPasses(database, fingerprint))),
    find: (id) => withStoreFault(findEntry(database, id)),
    async *entries(filter, order, limit) {
      const entries = readEntries(database, filter, order, limit);
      for (;;) {
        const next = await withStoreFault(entries.next());
        if (next.done === true) {
          return;
        }
        yield next.value;
      }
    },
    requests: (filter) => withStoreFault(readRequests(database, filter)),
    pending: (until, limit) => withStoreFault(readPending(database, until, limit)),
    markHandled: (id) => write({ type: "handled", id }),
    erase: (ids, options) => withStoreFault(eraseEntries(database, ids, options), options?.signal),
    eraseBefore: (time, options) =>
      withStoreFault(eraseBefore(database, time, options), options?.signal),
    async close() {
      monitor.stop();
      await writer.settle();
      await database.close();
    },
  };
}
