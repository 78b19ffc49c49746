/**
 * The embedded database: one file, written by any number of processes on this machine.
 *
 * - One connection, used by one action at a time: no action sees the uncommitted rows of another.
 *   SQLite works in this thread and never waits for a lock there (busy_timeout is 0); a caller that
 *   wants to wait tries again (`isTransient`).
 * - A write-ahead log that is synced at each commit, so that readers do not block the writer and a
 *   commit costs one sync.
 * - The files are checked before and after each commit. SQLite would go on writing to a file that
 *   was moved away or removed; here the store fails until that file is back. Another file in its
 *   place is not used, because the write-ahead log may not belong to it.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SQL } from "bun";
import { Fault } from "../../fault/fault.ts";
import {
  type Database,
  DatabaseError,
  type DatabaseOptions,
  errorReason,
  inTransaction,
  retry,
  type Sql,
  unusableFault,
} from "./database.ts";
import { migrate, requireKnownVersion, SCHEMA_VERSION } from "./migrations.ts";
import {
  APPLICATION_ID,
  checkWritable,
  type FileIdentities,
  identifyFiles,
  inspect,
  makeDatabaseFile,
  noteOpen,
} from "./sqlite-files.ts";

interface SqliteOptions extends DatabaseOptions {
  /** Whether the path is the default. */
  readonly isDefault?: boolean | undefined;
}

interface Connection {
  readonly sql: Sql;
  readonly files: FileIdentities;
  close(): Promise<void>;
}

/** Opens a database file. Throws a usage fault for an unusable file, which it leaves unchanged. */
export async function openSqlite(path: string, options: SqliteOptions): Promise<Database> {
  const { patience, isDefault = false } = options;
  const name = `sqlite:${path}`;
  let connection: Connection;
  try {
    prepareFile(path, name, options);
    connection = await connect(path, patience, (sql) => bringUpToDate(sql, name, options));
  } catch (cause) {
    throw cause instanceof Fault ? cause : unusableFault(name, cause, isDefault);
  }
  /** Whether the connection may be in a bad state. */
  let isDoubtful = false;
  const inTurn = createQueue();

  /** Returns the connection to the file that was opened. Throws an error while it is not there. */
  async function current(): Promise<Connection> {
    const files = identifyFiles(path);
    if (files.database !== connection.files.database) {
      throw new DatabaseError("STORE_MOVED");
    }
    if (isDoubtful || !Bun.deepEquals(files, connection.files)) {
      // Close first: it copies a removed write-ahead log, which is still open, into the database.
      await connection.close();
      connection = await connect(path, 0);
      isDoubtful = false;
    }
    return connection;
  }

  async function attempt<T>(action: (sql: Sql) => Promise<T>): Promise<T> {
    const { sql } = await current();
    try {
      return await action(sql);
    } catch (error) {
      isDoubtful ||= !isBusy(error);
      throw error;
    }
  }

  function read<T>(action: (sql: Sql) => Promise<T>): Promise<T> {
    return inTurn(() => retry(isBusy, patience, () => attempt(action)));
  }

  return {
    name,
    concurrency: 1,
    pause: PAUSE,
    read,
    readSoon: read,
    transact: (action) =>
      inTurn(() =>
        attempt(async (sql) => {
          const result = await inTransaction(sql, "immediate", action);
          if (!Bun.deepEquals(identifyFiles(path), connection.files)) {
            throw new DatabaseError("STORE_MOVED");
          }
          return result;
        }),
      ),
    isTransient: isBusy,
    // It keeps any value.
    isAboutValue: () => false,
    scrub: () => inTurn(() => attempt(truncateLog)),
    close: () => inTurn(() => connection.close()),
  };
}

/** Returns a function that runs actions one after the other. */
function createQueue() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(action: () => Promise<T>): Promise<T> => {
    const result = last.then(action);
    last = result.catch(() => undefined);
    return result;
  };
}

function prepareFile(
  path: string,
  name: string,
  { create, isDefault = false }: SqliteOptions,
): void {
  const kind = inspect(path);
  if (kind.type === "foreign") {
    throw new Fault("storeForeign", { store: name, isDefault });
  }
  if (kind.type === "ours") {
    requireKnownVersion(name, kind.version);
  }
  if (!create && kind.type !== "ours") {
    throw new Fault("storeMissing", { store: name });
  }
  if (create) {
    makeDatabaseFile(path);
    checkWritable(path);
  }
}

/** Makes or migrates the tables, in one transaction under SQLite's own lock. */
async function bringUpToDate(
  sql: Sql,
  name: string,
  { create, patience }: SqliteOptions,
): Promise<void> {
  const version = await retry(isBusy, patience, () => versionOf(sql));
  if (!create && version === SCHEMA_VERSION) {
    return; // A reader need not wait for a writer.
  }
  await retry(isBusy, patience, () =>
    inTransaction(sql, "immediate", async (transaction) => {
      const version = await versionOf(transaction);
      requireKnownVersion(name, version);
      await migrate(transaction, version);
      await transaction.unsafe(`PRAGMA application_id = ${APPLICATION_ID}`);
      // Written even where it does not change: a store that cannot be written shows it now.
      await transaction.unsafe(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    }),
  );
  // Only now: a new database has its mark in its header before anything is in the log.
  const [row] = await retry(isBusy, patience, () => sql.unsafe("PRAGMA journal_mode = WAL"));
  if (row.journal_mode !== "wal") {
    throw new DatabaseError("NO_WAL");
  }
}

async function versionOf(sql: Sql): Promise<number> {
  const [row] = await sql.unsafe("PRAGMA user_version");
  return row.user_version;
}

async function connect(
  path: string,
  patience: number,
  prepare: (sql: Sql) => Promise<void> = async () => undefined,
): Promise<Connection> {
  const forget = noteOpen(path);
  // As a URL: the client takes a `?` in a path for the begin of parameters.
  const filename = pathToFileURL(resolve(path)).href;
  const sql = new SQL({ adapter: "sqlite", filename, create: false, readwrite: true });
  let isOpen = true;
  async function close(): Promise<void> {
    if (isOpen) {
      isOpen = false;
      await sql.close();
      forget();
    }
  }
  try {
    for (const setting of SETTINGS) {
      await retry(isBusy, patience, () => sql.unsafe(`PRAGMA ${setting}`));
    }
    await prepare(sql);
    // Opens the log and its index.
    await retry(isBusy, patience, () => sql`select count(*) from tlslp_participants`);
    return { sql, files: identifyFiles(path), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A transaction holds up this thread for about a millisecond, however small it is. */
const PAUSE = 10;

const SETTINGS = [
  "busy_timeout = 0",
  "synchronous = FULL",
  // On macOS a plain sync leaves the data in the disk's own memory.
  "fullfsync = ON",
  // Fills deleted and overwritten values with zeros.
  "secure_delete = ON",
];

/** Brings everything into the database, and empties the write-ahead log. */
async function truncateLog(sql: Sql): Promise<void> {
  const [row] = await sql.unsafe("PRAGMA wal_checkpoint(TRUNCATE)");
  if (row.busy !== 0) {
    throw new DatabaseError("SQLITE_BUSY");
  }
}

function isBusy(error: unknown): boolean {
  return errorReason(error).startsWith("SQLITE_BUSY");
}
