/**
 * Failures of the intake: the questions, the store of answers, receipts and the on-pass command.
 */
import { internal, protocol, refused, transport, usage } from "../define.ts";
import { badValue } from "./command-line.ts";
import { badFile, type NamedFile, nameOf, WRITE_ERRORS } from "./files.ts";

const UNTRUSTED = "no trusted authority signed its certificate; sslrootcert can name one's file";
const NO_AUTHORITIES = "sslrootcert is not a file of certificates in PEM";

/** Errors of SQLite, of the system and of PostgreSQL's client that a store can meet, in words. */
const STORE_ERRORS: Readonly<Record<string, string>> = {
  ...WRITE_ERRORS,
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
  storeInvalid: usage<{ value: string }>(
    ({ value }, { setting }) =>
      `${setting("store")}: "${value}" is not sqlite:PATH, postgres://USER@HOST/DATABASE or none`,
  ),
  needsStore: usage<{ setting: string }>(
    ({ setting: key }, { setting }) =>
      `${setting(key)} needs a store of answers, and ${setting("store")} is none`,
  ),
  storeMissing: usage<{ store: string }>(({ store }) => `there is no store at ${store}`),
  storeUnusable: usage<{ store: string; reason: string; isDefault: boolean }>(
    ({ store, reason }) => `cannot use the store ${store}: ${inWords(reason)}`,
  ),
  storeForeign: usage<{ store: string; isDefault: boolean }>(
    ({ store }) => `${store} is not a store of answers; it is left as it is`,
  ),
  storeNewer: usage<{ store: string; version: number; known: number }>(
    ({ store, version, known }) =>
      `the store ${store} has version ${version}, and this program knows ${known} at most`,
  ),
  storeEncoding: usage<{ store: string; encoding: string }>(
    ({ store, encoding }) => `the store ${store} has the encoding ${encoding}; answers need UTF8`,
  ),
  storeUnreachable: transport<{ store: string; reason: string }>(
    ({ store, reason }) => `cannot use the store ${store}: ${inWords(reason)}`,
  ),
  /** A store that was opened fails later; the client gets `answersNotKept` instead. */
  storeFailed: internal<{ store: string; reason: string }>(
    ({ store, reason }) => `the store ${store} fails: ${inWords(reason)}`,
  ),
  answersNotKept: refused(() => "the answers could not be kept, try again later"),
  answeredAlready: refused(() => "you have answered already"),
  notOpenYet: refused<{ time: string }>(({ time }) => `not open before ${time}`),
  closedSince: refused<{ time: string }>(({ time }) => `closed since ${time}`),
  /** `rule` describes a right value, and does not repeat the client's. */
  invalidAnswer: refused<{ request: string; rule: string }>(
    ({ request, rule }) => `${request}: ${rule}`,
  ),
  notTime: badValue(
    () => "is not a time such as 2027-01-31T18:00:00Z or 2027-01-31T18:00:00+01:00",
  ),
  notAge: badValue(() => "is not a number of days from 1d to 36500d, such as 180d"),
  neverOpen: usage<{ open: string; close: string }>(
    ({ open, close }, { setting }) =>
      `${setting("close")} ${close} is not after ${setting("open")} ${open}`,
  ),
  /** `rule` follows the key, such as "must be a whole number from 1 to 934". */
  questionInvalid: usage<{ file: NamedFile; line: number; key: string; rule: string }>(
    ({ file, line, key, rule }) =>
      `${nameOf(file)}, line ${line}: ${key === "" ? rule : `${key} ${rule}`}`,
  ),
  storeNone: usage(
    (_, { setting }) => `${setting("store")} none keeps no answers, so there are none to read`,
  ),
  notId: badValue(() => "is not the id of a submission: 26 letters and digits"),
  submissionUnknown: usage<{ id: string }>(({ id }) => `there is no submission ${id}`),
  receiptKeyInvalid: badFile<{ kind: string }>(
    ({ kind }) => `is a key of the kind ${kind}, not Ed25519`,
  ),
  receiptMissing: usage<{ id: string }>(({ id }) => `the submission ${id} has no receipt`),
  receiptNotGenuine: protocol<{ path: string }>(
    ({ path }) => `the receipt is not genuine: it was changed, or not signed by the key of ${path}`,
  ),
  commandUnusable: usage<{ setting: string; path: string; reason: "missing" | "notExecutable" }>(
    ({ setting: key, path, reason }, { setting }) =>
      `${setting(key)}: ${path} ${reason === "missing" ? "does not exist" : "is not an executable file"}`,
  ),
};
