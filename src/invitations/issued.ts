/**
 * The journal of the certificates that an authority issued: the file `issued.jsonl` beside its key,
 * with a JSON object on each line. Programs only ever append to it, several at once if need be.
 */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { isCertificateName, MAX_NAME_LENGTH } from "../certificates/issue.ts";
import { SERIAL } from "../certificates/new-certificate.ts";
import { errorCode, Fault } from "../fault/fault.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import { sync, syncFolder } from "../io/sync.ts";
import { reportingOutput } from "../io/write-whole.ts";
import { PIN } from "../pin.ts";

const JOURNAL = "issued.jsonl";

/** A journal of 100,000 people has 30 MB. */
const MAX_SIZE = 64 * 1024 * 1024;

const SERIAL_TEXT = v.pipe(
  v.string("must be a text"),
  v.regex(SERIAL, "must be 1 to 20 bytes in hexadecimal, lower case"),
);
const TIME = v.pipe(
  v.string("must be a text"),
  v.check(
    (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text)),
    "must be a time such as 2027-01-31T18:00:00.000Z",
  ),
);

/** One certificate. Further members are left to later versions. */
const CERTIFICATE = v.object({
  serial: SERIAL_TEXT,
  name: v.pipe(
    v.string("must be a text"),
    v.check(
      isCertificateName,
      `must be printable text of 1 to ${MAX_NAME_LENGTH} characters, without spaces around it`,
    ),
  ),
  email: v.nullable(v.string("must be a text or null")),
  /** SHA-256 of the public key (SPKI, DER). */
  fingerprint: v.pipe(
    v.string("must be a text"),
    v.regex(PIN, "must be sha256/ and the Base64 of 32 bytes"),
  ),
  from: TIME,
  until: TIME,
});

/** The authority no longer vouches for a certificate. */
const REVOCATION = v.object({ serial: SERIAL_TEXT, revoked: TIME });

/** A certificate was journalled, and then its file could not be written: nothing has its key. */
const WITHDRAWAL = v.object({ serial: SERIAL_TEXT, withdrawn: TIME });

/** The line after one that was cut short: the program or the machine stopped within a write. */
const CUT = v.object({ cut: v.literal(true) });
const CUT_LINE = '{"cut":true}\n';

export type IssuedCertificate = v.InferOutput<typeof CERTIFICATE>;
export type Revocation = v.InferOutput<typeof REVOCATION>;
export type Withdrawal = v.InferOutput<typeof WITHDRAWAL>;

/** A line of the journal, as a program appends it. */
export type JournalLine = IssuedCertificate | Revocation | Withdrawal;

/** A certificate of the journal, and when it was revoked; null: it was not. */
export interface IssuedRecord extends IssuedCertificate {
  readonly revoked: string | null;
}

/** The journal of an authority. */
export interface Issued {
  readonly path: string;
  /** In the order of issue. */
  readonly records: readonly IssuedRecord[];
  /** When each serial number was revoked, those of certificates from elsewhere included. */
  readonly revocations: ReadonlyMap<string, string>;
  /** The numbers of lines that were cut short, and do not count; for a warning. */
  readonly cutLines: readonly number[];
}

/**
 * Appends lines to the journal in an authority's folder, all or none, and all in one write, so that
 * those of other programs stay whole. Returns when the disk has them.
 *
 * @throws {Fault} "usage" when the file cannot be opened, "internal" when the disk fails
 */
export function appendIssued(dir: string, lines: readonly JournalLine[]): void {
  const path = join(dir, JOURNAL);
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  reportingOutput(path, () => {
    const descriptor = openSync(
      path,
      constants.O_RDWR | constants.O_APPEND | constants.O_CREAT,
      0o600,
    );
    try {
      const { size } = requireFile(path, descriptor);
      // A false alarm, where another program is just writing, leaves an empty line and a mark.
      const isCut = size > 0 && lastByte(descriptor, size) !== NEWLINE;
      const bytes = Buffer.from(isCut ? `\n${CUT_LINE}${text}` : text);
      writeAllOrNothing(descriptor, bytes, () => syncFolder(dirname(path)));
    } finally {
      closeSync(descriptor);
    }
  });
}

/**
 * Reads the journal in an authority's folder; one that is not there is empty.
 *
 * @throws {Fault} "usage" when it cannot be read; names a line that is none of ours
 */
export function readIssued(dir: string): Issued {
  const path = join(dir, JOURNAL);
  const certificates = new Map<string, IssuedCertificate>();
  const revocations = new Map<string, string>();
  const cutLines: number[] = [];
  const lines = readJournal(path).split("\n");
  for (const [index, line] of lines.entries()) {
    const value = parseJson(line);
    if (line.trim() === "") {
      continue;
    }
    if (value === undefined && isCut(lines[index + 1])) {
      cutLines.push(index + 1);
    } else {
      take({ certificates, revocations }, readLine(path, index + 1, value));
    }
  }
  const records = [...certificates.values()].map((certificate) => ({
    ...certificate,
    revoked: revocations.get(certificate.serial) ?? null,
  }));
  return { path, records, revocations, cutLines };
}

/** Whether a line before this one was cut short: the last one, or one with a mark after it. */
function isCut(next: string | undefined): boolean {
  return next === undefined || `${next}\n` === CUT_LINE;
}

/** Parses a line of bytes; returns undefined for one that is not JSON in UTF-8. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(line, "latin1")),
    );
  } catch {
    return undefined;
  }
}

interface Known {
  readonly certificates: Map<string, IssuedCertificate>;
  readonly revocations: Map<string, string>;
}

/** Applies a line to those before it. */
function take({ certificates, revocations }: Known, line: Line): void {
  if ("name" in line) {
    certificates.set(line.serial, line);
  } else if ("withdrawn" in line) {
    certificates.delete(line.serial);
  } else if ("revoked" in line && !revocations.has(line.serial)) {
    revocations.set(line.serial, line.revoked);
  }
}

type Line = JournalLine | v.InferOutput<typeof CUT>;

/** Returns a line as a value of ours, or throws a usage fault. */
function readLine(path: string, line: number, value: unknown): Line {
  const invalid = (problem: string) =>
    new Fault("journalInvalid", { file: toFile(path), line, problem });
  if (value === undefined) {
    throw invalid("it is not JSON in UTF-8");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid("it is not a JSON object");
  }
  const parsed = v.safeParse(shapeOf(value), value, { abortEarly: true });
  if (parsed.success) {
    return parsed.output;
  }
  const [{ path: keys, input, message }] = parsed.issues;
  const key = String(keys?.[0]?.key);
  throw invalid(input === undefined ? `${key} is missing` : `${key} ${message}`);
}

/** Returns the shape of a line, by the member that only such lines have. */
function shapeOf(value: object) {
  if ("cut" in value) {
    return CUT;
  }
  if ("withdrawn" in value) {
    return WITHDRAWAL;
  }
  return "revoked" in value ? REVOCATION : CERTIFICATE;
}

/**
 * Returns the bytes of the journal, each as one character: where a line was cut short, a character
 * of UTF-8 may be too.
 */
function readJournal(path: string): string {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      requireFile(path, descriptor);
      return readFileSync(descriptor, "latin1");
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    const code = errorCode(cause);
    if (code === "ENOENT") {
      return "";
    }
    throw cause instanceof Fault
      ? cause
      : new Fault("fileUnreadable", { file: toFile(path), code }, { cause });
  }
}

function toFile(path: string): NamedFile {
  return { purpose: "issued", path };
}

function requireFile(path: string, descriptor: number) {
  const stats = fstatSync(descriptor);
  if (!stats.isFile()) {
    throw new Fault("fileNotRegular", { file: toFile(path) });
  }
  if (stats.size > MAX_SIZE) {
    throw new Fault("fileTooLarge", { file: toFile(path), maxBytes: MAX_SIZE });
  }
  return stats;
}

const NEWLINE = 0x0a;

function lastByte(descriptor: number, size: number): number | undefined {
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, size - 1);
  return byte[0];
}

/**
 * Appends bytes, and returns when the disk has them. The first write takes everything, unless the
 * disk is full: then the second throws, and what the first wrote is removed.
 *
 * @param alsoSync called when the disk has the bytes; they are removed if it throws
 */
function writeAllOrNothing(descriptor: number, bytes: Uint8Array, alsoSync: () => void): void {
  let written = 0;
  try {
    while (written < bytes.length) {
      written += writeSync(descriptor, bytes.subarray(written));
    }
    sync(descriptor);
    alsoSync();
  } catch (thrown) {
    removeEnd(descriptor, bytes.subarray(0, written));
    throw thrown;
  }
}

/** Removes these bytes from the end of a file, unless another program has appended to them. */
function removeEnd(descriptor: number, bytes: Uint8Array): void {
  try {
    const start = fstatSync(descriptor).size - bytes.length;
    const end = Buffer.alloc(bytes.length);
    if (start >= 0 && readSync(descriptor, end, 0, end.length, start) === end.length) {
      if (end.equals(bytes)) {
        ftruncateSync(descriptor, start);
      }
    }
  } catch {
    // The failure that came first is the one to report.
  }
}
