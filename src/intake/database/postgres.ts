/**
 * A PostgreSQL database, which servers on several machines can share.
 *
 * The client keeps a pool of connections, prepares each statement once on each of them, and
 * connects again when they break. A silent database would hold its callers for as long as TCP does,
 * so an action that takes too long is given up, with all connections of the pool.
 */
import { SQL } from "bun";
import { withTimeout } from "../../deadline.ts";
import { Fault, isFault } from "../../fault/fault.ts";
import {
  type Database,
  DatabaseError,
  type DatabaseOptions,
  errorReason,
  inTransaction,
  isAboutValue,
  retry,
  type Sql,
  sqlState,
  unusableFault,
} from "./database.ts";
import { migrate, requireKnownVersion, SCHEMA_VERSION } from "./migrations.ts";

const MAX_CONNECTIONS = 10;
/** Transactions at once; the other connections are for readers. */
const CONCURRENCY = 4;
/** How long an action may take for which no session waits, such as a migration, in seconds. */
const LONG_TIMEOUT = 60;
/** Encodings that keep every answer: SQL_ASCII, of clusters without a locale, keeps any bytes. */
const ENCODINGS = ["UTF8", "SQL_ASCII"];
/** Any number that other programs do not use for a lock of their own: "tlslp" in ASCII. */
const MIGRATION_LOCK = 0x746c736c70;

/**
 * Connects, and brings the tables up to date. Throws a usage fault for a URL that the client
 * refuses, and a transport fault for a database that cannot be used.
 */
export async function openPostgres(url: string, options: DatabaseOptions): Promise<Database> {
  const { patience } = options;
  const name = withoutPassword(url);
  let pool: Sql;
  try {
    pool = connect(url, patience);
  } catch (cause) {
    throw unusableFault(name, cause);
  }

  async function runInTime<T>(seconds: number, action: (pool: Sql) => Promise<T>): Promise<T> {
    const used = pool;
    try {
      return await withTimeout({ seconds, step: "the database" }, action(used));
    } catch (thrown) {
      if (!isFault(thrown, "timedOut")) {
        throw thrown;
      }
      if (used === pool) {
        pool = connect(url, patience);
      }
      // Ends the actions that wait on it, this one included.
      used.close({ timeout: 0 }).catch(() => undefined);
      throw new DatabaseError("STORE_TIMEOUT");
    }
  }

  const database: Database = {
    name,
    pause: 0,
    concurrency: CONCURRENCY,
    read: (action) => runInTime(LONG_TIMEOUT, action),
    readSoon: (action) => runInTime(patience, action),
    transact: (action) => runInTime(patience, (sql) => inTransaction(sql, "read write", action)),
    isTransient,
    isAboutValue,
    scrub: () => runInTime(LONG_TIMEOUT, vacuum),
    // No session waits any more; an action that takes longer is given up.
    close: () => pool.close({ timeout: patience }),
  };

  try {
    await retry(isBroken, patience, () =>
      runInTime(LONG_TIMEOUT, (sql) =>
        inTransaction(sql, "read write", (transaction) =>
          bringUpToDate(transaction, name, options),
        ),
      ),
    );
  } catch (cause) {
    await pool.close({ timeout: 0 });
    throw cause instanceof Fault
      ? cause
      : new Fault("storeUnreachable", { store: name, reason: errorReason(cause) }, { cause });
  }
  return database;
}

function connect(url: string, patience: number): Sql {
  return new SQL({
    url,
    max: MAX_CONNECTIONS,
    connectionTimeout: patience,
    idleTimeout: 300,
    connection: {
      application_name: "tlslp",
      lock_timeout: `${Math.ceil(patience * 1000)}`,
      // A process that is stopped in a transaction must not lock its rows for long.
      idle_in_transaction_session_timeout: `${Math.ceil(2 * patience * 1000)}`,
    },
  });
}

/** Removes the old versions of rows, and the samples of values that the planner keeps. */
async function vacuum(pool: Sql): Promise<void> {
  const sql = await pool.reserve();
  try {
    // No session waits, so another program may finish with its lock.
    await sql`set lock_timeout = 0`;
    await sql`vacuum (analyze) tlslp_entries`;
  } finally {
    await sql`reset lock_timeout`;
    sql.release();
  }
}

/** Makes or migrates the tables in the current transaction, under a lock of all processes. */
async function bringUpToDate(sql: Sql, store: string, { create }: DatabaseOptions): Promise<void> {
  const [{ server_encoding: encoding }] = await sql`show server_encoding`;
  if (!ENCODINGS.includes(encoding)) {
    throw new Fault("storeEncoding", { store, encoding });
  }
  await sql`set local lock_timeout = 0`;
  await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`;
  const [{ there }] = await sql`select to_regclass('tlslp_schema') is not null as there`;
  if (!there && !create) {
    throw new Fault("storeMissing", { store });
  }
  const [row] = there ? await sql`select version from tlslp_schema` : [];
  const version: number = row?.version ?? 0;
  requireKnownVersion(store, version);
  if (version === SCHEMA_VERSION) {
    return;
  }
  await sql`create table if not exists tlslp_schema (version integer not null)`;
  await migrate(sql, version);
  await sql`delete from tlslp_schema`;
  await sql`insert into tlslp_schema values (${SCHEMA_VERSION})`;
}

/**
 * Codes of SQLSTATE after which a transaction is tried again: connection lost, shutting down, too
 * many connections, deadlock, and an id that exists already, because a transaction that was tried
 * before is committed only now.
 */
const TRANSIENT_STATES = /^(?:08...|57P0[123]|53300|40001|40P01|23505)$/;

function isTransient(error: unknown): boolean {
  return /^ERR_POSTGRES_CONNECTION_/.test(errorReason(error)) || isBroken(error);
}

/** Whether a database that was reached reports such an error. */
function isBroken(error: unknown): boolean {
  return TRANSIENT_STATES.test(sqlState(error) ?? "");
}

function withoutPassword(url: string): string {
  const { protocol, username, host, pathname } = new URL(url);
  return `${protocol}//${username === "" ? "" : `${username}@`}${host}${pathname}`;
}
