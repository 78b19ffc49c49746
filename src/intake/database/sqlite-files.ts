/**
 * The files of a SQLite database: their identities, the kind of each, and whether they can be
 * written.
 *
 * Nothing here opens a database that this process has open: closing it would drop SQLite's locks,
 * which belong to the process and the file (POSIX).
 */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "../../fault/fault.ts";
import { syncFolder } from "../../io/sync.ts";

/** "tlsp": marks a database as ours, in its header. */
export const APPLICATION_ID = 0x746c7370;

const MAGIC = "SQLite format 3\0";
const VERSION_OFFSET = 60;
const APPLICATION_OFFSET = 68;
const HEADER_LENGTH = 100;

/** Which files are there, by device and number; undefined for one that is not. */
export interface FileIdentities {
  readonly database: string | undefined;
  /** The write-ahead log. */
  readonly log: string | undefined;
  /** The log's index, which the processes share. */
  readonly index: string | undefined;
}

/** Returns which files are now at this path and beside it. */
export function identifyFiles(path: string): FileIdentities {
  return {
    database: identityOf(path),
    log: identityOf(`${path}-wal`),
    index: identityOf(`${path}-shm`),
  };
}

/** The kind of a file, known before it is opened as a database. */
type FileKind =
  | { readonly type: "missing" | "empty" | "foreign" }
  | { readonly type: "ours"; readonly version: number };

/** Reads a file's header. Throws the system's error for a file that cannot be read. */
export function inspect(path: string): FileKind {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) {
    return { type: "missing" };
  }
  if (!status.isFile()) {
    return { type: "foreign" };
  }
  if (openHere.has(identityOf(path) ?? "")) {
    return { type: "ours", version: 0 };
  }
  const header = readHeader(path);
  if (header.length === 0) {
    return { type: "empty" };
  }
  const isOurs =
    header.length === HEADER_LENGTH &&
    header.toString("latin1", 0, MAGIC.length) === MAGIC &&
    header.readUInt32BE(APPLICATION_OFFSET) === APPLICATION_ID;
  return isOurs
    ? { type: "ours", version: header.readUInt32BE(VERSION_OFFSET) }
    : { type: "foreign" };
}

/** Makes an empty file that only its owner may read and write, unless there is a file. */
export function makeDatabaseFile(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if (errorCode(error) === "EEXIST") {
      return;
    }
    throw error;
  }
  syncFolder(dirname(path));
}

/** Throws the system's error where the database, or files beside it, cannot be written. */
export function checkWritable(path: string): void {
  accessSync(path, constants.R_OK | constants.W_OK);
  accessSync(dirname(path), constants.W_OK | constants.X_OK);
}

/** Databases that this process has open, by identity, and how often each. */
const openHere = new Map<string, number>();

/** Remembers that a database is open; returns a function that forgets it, to be called once. */
export function noteOpen(path: string): () => void {
  const identity = identityOf(path) ?? "";
  openHere.set(identity, (openHere.get(identity) ?? 0) + 1);
  return () => {
    const rest = (openHere.get(identity) ?? 1) - 1;
    if (rest === 0) {
      openHere.delete(identity);
    } else {
      openHere.set(identity, rest);
    }
  };
}

function identityOf(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false, bigint: true });
  return status === undefined ? undefined : `${status.dev}:${status.ino}`;
}

function readHeader(path: string): Buffer {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const header = Buffer.alloc(HEADER_LENGTH);
    return header.subarray(0, readSync(descriptor, header, 0, HEADER_LENGTH, 0));
  } finally {
    closeSync(descriptor);
  }
}
