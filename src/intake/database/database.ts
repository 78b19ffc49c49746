/**
 * A database that keeps answers. SQLite and PostgreSQL have the same client, so each query is
 * written once; this interface covers the differences.
 */
import type { SQL } from "bun";
import { Fault } from "../../fault/fault.ts";

/** Runs queries, written as tagged templates. */
export type Sql = SQL;

export interface Database {
  /** How a person calls it: its URL, without a password. */
  readonly name: string;
  /** How many transactions may run at once. */
  readonly concurrency: number;
  /** How long to wait between two groups of changes, in milliseconds, so that more share a sync. */
  readonly pause: number;
  /** Runs queries that read committed rows. A silent database is given up after a minute. */
  read<T>(action: (sql: Sql) => Promise<T>): Promise<T>;
  /** Does the same for a session: gives up after `patience`. */
  readSoon<T>(action: (sql: Sql) => Promise<T>): Promise<T>;
  /**
   * Runs a transaction; when the promise resolves, it is durable. Rejects with the client's error.
   */
  transact<T>(action: (sql: Sql) => Promise<T>): Promise<T>;
  /**
   * Whether the same transaction may succeed if it is tried again soon. It may have been committed
   * nevertheless, if the connection broke at the end.
   */
  isTransient(error: unknown): boolean;
  /** Whether the database refuses a value, so that changes with other values may succeed. */
  isAboutValue(error: unknown): boolean;
  /** Removes overwritten values from the files that the database keeps beside its tables. */
  scrub(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Whether the store is made where there is none, and must be writable. */
  readonly create: boolean;
  /** How long to wait for the database, or for other programs' locks, in seconds. */
  readonly patience: number;
}

/** The most patience, in seconds: most clients wait for DONE for ten. */
export const MAX_PATIENCE = 4;

/** Errors of a database that its client does not report. */
type DatabaseErrorCode = "STORE_MOVED" | "STORE_TIMEOUT" | "NO_WAL" | "SQLITE_BUSY";

export class DatabaseError extends Error {
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode) {
    super(code);
    this.code = code;
  }
}

/** How long to wait between two tries, in milliseconds. */
export const RETRY_INTERVAL = 10;

/** Tries an action again, for this number of seconds, while its errors are transient. */
export async function retry<T>(
  isTransient: (error: unknown) => boolean,
  seconds: number,
  action: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!isTransient(error) || performance.now() >= deadline) {
        throw error;
      }
      await Bun.sleep(RETRY_INTERVAL);
    }
  }
}

/**
 * Lets the event loop go on. SQLite answers in this thread, so a loop over many pages would hold up
 * all sessions of a server.
 */
export function yieldToOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Runs an action in one transaction. `mode` is SQLite's, such as "immediate". */
export async function inTransaction<T>(
  client: Sql,
  mode: string,
  action: (sql: Sql) => Promise<T>,
): Promise<T> {
  return (await client.begin(mode, action)) as T;
}

/**
 * Classes of SQLSTATE of errors about a value: PostgreSQL's conversions, its constraints, and the
 * database's own functions. Their sentences may quote the value.
 */
const VALUE_STATES = /^(?:22|23|P0)/;

/** Whether PostgreSQL refuses a value. */
export function isAboutValue(error: unknown): boolean {
  return VALUE_STATES.test(sqlState(error) ?? "");
}

/** Returns the SQLSTATE of an error that PostgreSQL sent. */
export function sqlState(error: unknown): string | undefined {
  const state = (error as { readonly errno?: unknown } | null)?.errno;
  return typeof state === "string" ? state : undefined;
}

/**
 * Returns the code of a database's error, such as SQLITE_FULL, or its message without a code. It
 * never holds a value.
 */
export function errorReason(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  if (isAboutValue(error)) {
    return `it refuses a value, with SQLSTATE ${sqlState(error)}`;
  }
  const { code } = error as { code?: unknown };
  // PostgreSQL's own sentences say more than this one code for all of its errors.
  if (typeof code !== "string" || code === "ERR_POSTGRES_SERVER_ERROR") {
    return error.message;
  }
  return code;
}

/** Returns the fault of a database that cannot be opened. `isDefault`: it is the default store. */
export function unusableFault(store: string, cause: unknown, isDefault = false): Fault {
  return new Fault("storeUnusable", { store, reason: errorReason(cause), isDefault }, { cause });
}

/** Returns the fault of a database that was opened and fails. */
export function storeFault({ name }: Database, cause: unknown): Fault<"storeFailed"> {
  return new Fault("storeFailed", { store: name, reason: errorReason(cause) }, { cause });
}
