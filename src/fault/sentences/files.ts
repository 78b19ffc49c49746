/**
 * Failures of files and streams: those that the user names, and those that we write.
 */
import { define } from "../define.ts";
import { quoted } from "../printable.ts";

/** A file by its purpose, and where it lies. Text that came from no file has no path. */
export interface NamedFile {
  readonly purpose: FilePurpose;
  readonly path?: string;
}

const PURPOSES = {
  authorities: "the CA certificate",
  authorityKey: "the CA key",
  serverCert: "the server certificate",
  serverKey: "the server key",
  clientCert: "the client certificate",
  clientKey: "the client key",
  cert: "the certificate",
  certificates: "the folder",
  key: "the private key",
  revocations: "the revocation list",
  answers: "the answers file",
  log: "the log file",
  questions: "the questions file",
  receiptKey: "the receipt key",
  receiptPublicKey: "the public receipt key",
} as const;
export type FilePurpose = keyof typeof PURPOSES;

/** Returns a name such as "the CA certificate certs/ca-cert.pem". */
export function nameOf({ purpose, path }: NamedFile): string {
  return path === undefined ? PURPOSES[purpose] : `${PURPOSES[purpose]} ${path}`;
}

/** A place in a text, counted from 1; columns in UTF-16 units, as editors count them. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Returns a name such as "the answers file a.json, line 3, column 5". */
function nameWithPlace(file: NamedFile, place: TextPlace | undefined): string {
  return place === undefined
    ? nameOf(file)
    : `${nameOf(file)}, line ${place.line}, column ${place.column}`;
}

/** The errors of the JSON parser, in words. */
const JSON_PROBLEMS: Readonly<Record<string, string>> = {
  InvalidSymbol: "an unknown word; texts are put in double quotes",
  InvalidNumberFormat: "a number of the wrong form",
  PropertyNameExpected: "expected a key in double quotes",
  ValueExpected: "expected a value",
  ColonExpected: 'expected ":"',
  CommaExpected: 'expected ","',
  CloseBraceExpected: 'expected "}"',
  CloseBracketExpected: 'expected "]"',
  EndOfFileExpected: "expected the end of the file",
  InvalidCommentToken: "comments are not allowed",
  UnexpectedEndOfComment: "comments are not allowed",
  UnexpectedEndOfString: "a text has no closing double quote on its line",
  UnexpectedEndOfNumber: "a number of the wrong form",
  InvalidUnicode: "\\u needs four hexadecimal digits",
  InvalidEscapeCharacter: "an unknown escape after a backslash",
  InvalidCharacter: "a control character in a text",
};

/** Returns the name of a file of answers, or of the answers that a program gave. */
function nameOfAnswers(file: NamedFile): string {
  return file.path === undefined ? "answers" : nameOf(file);
}

/** Errors of the system that reading a file can meet, in words. */
const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  EACCES: "cannot be read: permission denied",
  EPERM: "cannot be read: permission denied",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "does not exist: a part of its path is not a folder",
  ELOOP: "cannot be read: too many symbolic links",
  ENAMETOOLONG: "cannot be read: its name is too long",
};

/** Errors of the system that the caller can end by choosing another folder. */
const CALLERS_MISTAKES = ["EACCES", "EPERM", "ENOTDIR", "EEXIST", "EROFS", "ENAMETOOLONG"];

/** The same for a path that must be in a folder that exists. */
const WRONG_PATHS = [...CALLERS_MISTAKES, "ENOENT", "EISDIR", "ELOOP"];

export const FILE_SENTENCES = {
  fileUnreadable: define<{ file: NamedFile; code: string }>(
    "usage",
    ({ file, code }) => `${nameOf(file)} ${READ_ERRORS[code] ?? `cannot be read: ${code}`}`,
  ),
  fileNotRegular: define<{ file: NamedFile }>(
    "usage",
    ({ file }) => `${nameOf(file)} is not a regular file`,
  ),
  fileTooLarge: define<{ file: NamedFile; maxBytes: number }>(
    "usage",
    ({ file, maxBytes }) => `${nameOf(file)} is larger than ${maxBytes} bytes`,
  ),
  pipeUnfinished: define<{ file: NamedFile; seconds: number }>(
    "usage",
    ({ file, seconds }) => `${nameOf(file)}: the pipe did not end within ${seconds} s`,
  ),
  pipeEmpty: define<{ file: NamedFile }>(
    "usage",
    ({ file }) => `${nameOf(file)} is an empty pipe, or one that was read before`,
  ),
  fileNotUtf8: define<{ file: NamedFile; encoding: "DER" | "UTF-16" | undefined }>(
    "usage",
    ({ file }) => `${nameOf(file)} is not text in UTF-8`,
  ),
  /** Other users may do more with the file than is safe. */
  fileExposed: define<{ file: NamedFile; exposure: Exposure }>(
    "usage",
    ({ file, exposure }) => `${nameOf(file)} can be ${EXPOSURES[exposure]}`,
  ),
  /** Another user could lead a symbolic link to another file; `place` is where. */
  linkUnsafe: define<{ file: NamedFile; place: string; reason: "foreign" | "writable" }>(
    "usage",
    ({ file, place, reason }) =>
      `${nameOf(file)} is named by a symbolic link through ${place}, which ${
        reason === "foreign" ? "belongs to neither root nor us" : "others can write"
      }`,
  ),
  logFileUnopened: define<{ path: string; code: string }>(
    "usage",
    ({ path, code }) => `the log file ${path} cannot be opened: ${code}`,
  ),
  fileExists: define<{ path: string }>("usage", ({ path }) => `${path} exists already`),
  folderNotReplaced: define<{ path: string }>(
    "usage",
    ({ path }) => `${path} is a folder, and is not replaced`,
  ),
  folderUnwritable: define<{ folder: string; code: string }>(
    ({ code }) => (CALLERS_MISTAKES.includes(code) ? "usage" : "internal"),
    ({ folder, code }) => `cannot write to ${folder}: ${code}`,
  ),
  outputUnwritable: define<{ path: string; code: string }>(
    ({ code }) => (WRONG_PATHS.includes(code) ? "usage" : "internal"),
    ({ path, code }) => `cannot write ${path}: ${code}`,
  ),
  outputNotRegular: define<{ path: string }>(
    "usage",
    ({ path }) => `${path} is not a regular file, and is not replaced`,
  ),
  filesNotRestored: define<{ rescue: string }>(
    "internal",
    ({ rescue }) => `files could not be put back; the old ones are in ${rescue}`,
  ),
  stdoutClosed: define("internal", () => "cannot write to stdout: it is closed"),
  stdoutUnwritable: define<{ code: string }>(
    "internal",
    ({ code }) => `cannot write to stdout: ${code}`,
  ),
  /** `problem` is an error of the JSON parser. */
  jsonInvalid: define<{ file: NamedFile; problem?: string; place?: TextPlace }>(
    "usage",
    ({ file, problem, place }) =>
      `${nameWithPlace(file, place)}: not JSON${problem === undefined ? "" : `, ${JSON_PROBLEMS[problem] ?? problem}`}`,
  ),
  jsonKeyTwice: define<{ file: NamedFile; key: string; place: TextPlace }>(
    "usage",
    ({ file, key, place }) =>
      `${nameWithPlace(file, place)}: the key ${quoted(key)} is there twice`,
  ),
  answersNotObject: define<{ file: NamedFile }>(
    "usage",
    ({ file }) => `${nameOfAnswers(file)} is not a JSON object`,
  ),
  answersKeyUnknown: define<{ file: NamedFile; key: string }>(
    "usage",
    ({ file, key }) => `${nameOfAnswers(file)}: unknown key ${quoted(key)}`,
  ),
  answerMissing: define<{ file: NamedFile; key: string }>(
    "usage",
    ({ file, key }) => `${nameOfAnswers(file)}: ${key} is missing`,
  ),
  /** `rule` is the rule that the value breaks, such as "must not be empty or all spaces". */
  answerInvalid: define<{ file: NamedFile; key: string; rule: string }>(
    "usage",
    ({ file, key, rule }) => `${nameOfAnswers(file)}: ${key} ${rule}`,
  ),
};

const EXPOSURES = {
  writableByAll: "written by everybody",
  writableByOthers: "written by others than its owner",
  readableByAll: "read by everybody",
} as const;
export type Exposure = keyof typeof EXPOSURES;
