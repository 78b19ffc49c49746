/**
 * Failures of the intake: the questions, the store of answers, receipts and the on-pass command.
 */
import { define } from "../define.ts";
import { quoted } from "../printable.ts";
import { type NamedFile, nameOf } from "./files.ts";

const UNTRUSTED = "no trusted authority signed its certificate; sslrootcert can name one's file";
const NO_AUTHORITIES = "sslrootcert is not a file of certificates in PEM";

/** Errors of SQLite, of the system and of PostgreSQL's client that a store can meet, in words. */
const STORE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "a part of its path is not a folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  SQLITE_FULL: "the disk is full",
  SQLITE_IOERR_WRITE: "it cannot be written",
  SQLITE_READONLY: "it is read-only",
  SQLITE_BUSY: "another program locks it",
  SQLITE_CANTOPEN: "it cannot be opened",
  SQLITE_CORRUPT: "it is damaged",
  STORE_MOVED: "its file was moved, removed or replaced",
  NO_WAL: "its file system allows no write-ahead log",
  ERR_POSTGRES_CONNECTION_REFUSED: "connection refused, or its host is not known",
  ERR_POSTGRES_CONNECTION_CLOSED: "the connection was closed",
  ERR_POSTGRES_CONNECTION_TIMEOUT: "it does not answer",
  ERR_POSTGRES_TLS_NOT_AVAILABLE: "it offers no TLS, and sslmode demands it",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  CERT_HAS_EXPIRED: "its certificate expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  ERR_INVALID_ARG_TYPE: NO_AUTHORITIES,
  ERR_BORINGSSL: NO_AUTHORITIES,
  // The only argument that Bun's client checks before it connects.
  ERR_INVALID_ARG_VALUE: "sslmode is not disable, allow, prefer, require, verify-ca or verify-full",
  STORE_TIMEOUT: "it does not answer in time",
};

/** Returns a reason in words; an unknown one, such as a sentence of PostgreSQL, unchanged. */
function inWords(reason: string): string {
  return STORE_ERRORS[reason] ?? reason;
}

export const INTAKE_SENTENCES = {
  /** `value` has no password in it. */
  storeInvalid: define<{ value: string }>(
    "usage",
    ({ value }, { setting }) =>
      `${setting("store")}: "${value}" is not sqlite:PATH, postgres://USER@HOST/DATABASE or none`,
  ),
  needsStore: define<{ setting: string }>(
    "usage",
    ({ setting: key }, { setting }) =>
      `${setting(key)} needs a store of answers, and ${setting("store")} is none`,
  ),
  storeMissing: define<{ store: string }>("usage", ({ store }) => `there is no store at ${store}`),
  storeUnusable: define<{ store: string; reason: string; isDefault: boolean }>(
    "usage",
    ({ store, reason }) => `cannot use the store ${store}: ${inWords(reason)}`,
  ),
  storeForeign: define<{ store: string; isDefault: boolean }>(
    "usage",
    ({ store }) => `${store} is not a store of answers; it is left as it is`,
  ),
  storeNewer: define<{ store: string; version: number; known: number }>(
    "usage",
    ({ store, version, known }) =>
      `the store ${store} has version ${version}, and this program knows ${known} at most`,
  ),
  storeUnreachable: define<{ store: string; reason: string }>(
    "transport",
    ({ store, reason }) => `cannot use the store ${store}: ${inWords(reason)}`,
  ),
  /** A store that was opened fails later; the client gets `answersNotKept` instead. */
  storeFailed: define<{ store: string; reason: string }>(
    "internal",
    ({ store, reason }) => `the store ${store} fails: ${inWords(reason)}`,
  ),
  answersNotKept: define("refused", () => "the answers could not be kept, try again later"),
  answeredAlready: define("refused", () => "you have answered already"),
  notOpenYet: define<{ time: string }>("refused", ({ time }) => `not open before ${time}`),
  closedSince: define<{ time: string }>("refused", ({ time }) => `closed since ${time}`),
  /** `rule` describes a right value, and does not repeat the client's. */
  invalidAnswer: define<{ request: string; rule: string }>(
    "refused",
    ({ request, rule }) => `${request}: ${rule}`,
  ),
  notTime: define<{ setting: string; value: string }>(
    "usage",
    ({ setting: key, value }, { setting }) =>
      `${setting(key)}: "${value}" is not a time such as 2027-01-31T18:00:00Z or 2027-01-31T18:00:00+01:00`,
  ),
  notAge: define<{ setting: string; value: string }>(
    "usage",
    ({ setting: key, value }, { setting }) =>
      `${setting(key)}: "${value}" is not a number of days such as 180d`,
  ),
  neverOpen: define<{ open: string; close: string }>(
    "usage",
    ({ open, close }, { setting }) =>
      `${setting("close")} ${close} is not after ${setting("open")} ${open}`,
  ),
  /** `rule` follows the key, such as "must be a whole number from 1 to 934". */
  questionInvalid: define<{ file: NamedFile; line: number; key: string; rule: string }>(
    "usage",
    ({ file, line, key, rule }) =>
      `${nameOf(file)}, line ${line}: ${key === "" ? rule : `${key} ${rule}`}`,
  ),
  storeNone: define(
    "usage",
    (_, { setting }) => `${setting("store")} none keeps no answers, so there are none to read`,
  ),
  notId: define<{ setting: string; value: string }>(
    "usage",
    ({ setting: key, value }, { setting }) =>
      `${setting(key)}: ${quoted(value)} is not the id of a submission: 26 letters and digits`,
  ),
  submissionUnknown: define<{ id: string }>("usage", ({ id }) => `there is no submission ${id}`),
  receiptKeyInvalid: define<{ file: NamedFile }>(
    "usage",
    ({ file }) => `${nameOf(file)} is not an Ed25519 key in PEM`,
  ),
  receiptMissing: define<{ id: string }>(
    "usage",
    ({ id }) => `the submission ${id} has no receipt`,
  ),
  receiptNotGenuine: define("protocol", () => "the receipt is not genuine"),
  commandUnusable: define<{ setting: string; path: string; reason: "missing" | "notExecutable" }>(
    "usage",
    ({ setting: key, path, reason }, { setting }) =>
      `${setting(key)}: ${path} ${reason === "missing" ? "does not exist" : "is not an executable file"}`,
  ),
};
