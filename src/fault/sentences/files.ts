/**
 * Failures of files and streams: those that the user names, and those that we write.
 */
import { define, internal, usage } from "../define.ts";
import { quoted } from "../printable.ts";

/** A file by its purpose, and where it lies. Text that came from no file has no path. */
export interface NamedFile {
  readonly purpose: FilePurpose;
  readonly path?: string;
}

const PURPOSES = {
  authorities: "the CA certificate",
  authorityKey: "the CA key",
  systemStore: "the system's certificate store",
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
  issued: "the journal of certificates",
  invitation: "the invitation",
  people: "the list of people",
  request: "the certificate request",
} as const;
export type FilePurpose = keyof typeof PURPOSES;

/** Returns a name such as "the CA certificate certs/ca-cert.pem". */
export function nameOf({ purpose, path }: NamedFile): string {
  return path === undefined ? PURPOSES[purpose] : `${PURPOSES[purpose]} ${path}`;
}

/** Defines the failure of a file: its name, and what is wrong with it. */
export function badFile<Facts = Record<never, never>>(problem: (facts: Facts) => string) {
  return usage<Facts & { file: NamedFile }>((facts) => `${nameOf(facts.file)} ${problem(facts)}`);
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

/** Errors of the system that writing a file can meet, in words. */
export const WRITE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "a part of its path is not a folder",
  EISDIR: "it is a folder",
  EEXIST: "a file with that name exists",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EIO: "the disk has an error",
  EFBIG: "the file would be larger than the limit",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "its name is too long",
};

/** Returns an error of writing in words; an unknown one as its code. */
function whyUnwritten(code: string): string {
  return WRITE_ERRORS[code] ?? code;
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
  fileUnreadable: badFile<{ code: string }>(
    ({ code }) => READ_ERRORS[code] ?? `cannot be read: ${code}`,
  ),
  fileNotRegular: badFile(() => "is not a regular file"),
  fileTooLarge: badFile<{ maxBytes: number }>(({ maxBytes }) => `is larger than ${maxBytes} bytes`),
  pipeUnfinished: usage<{ file: NamedFile; seconds: number }>(
    ({ file, seconds }) => `${nameOf(file)}: the pipe did not end within ${seconds} s`,
  ),
  pipeEmpty: badFile(() => "is an empty pipe, or one that was read before"),
  fileNotUtf8: badFile<{ encoding: "DER" | "UTF-16" | undefined }>(() => "is not text in UTF-8"),
  /** Other users may do more with the file than is safe. */
  fileExposed: badFile<{ exposure: Exposure }>(({ exposure }) => `can be ${EXPOSURES[exposure]}`),
  /** Another user could lead a symbolic link to another file; `place` is where. */
  linkUnsafe: badFile<{ place: string; reason: "foreign" | "writable" }>(({ place, reason }) => {
    const fault = reason === "foreign" ? "belongs to neither root nor us" : "others can write";
    return `is named by a symbolic link through ${place}, which ${fault}`;
  }),
  passwordMissing: usage(() => "there is no terminal to ask for a password"),
  passwordEmpty: usage(() => "the password is empty"),
  passwordsDiffer: usage(() => "the two passwords differ"),
  logFileUnopened: usage<{ path: string; code: string }>(
    ({ path, code }) => `the log file ${path} cannot be opened: ${whyUnwritten(code)}`,
  ),
  fileExists: usage<{ path: string }>(({ path }) => `${path} exists already`),
  folderNotReplaced: usage<{ path: string }>(
    ({ path }) => `${path} is a folder, and is not replaced`,
  ),
  folderUnwritable: define<{ folder: string; code: string }>(
    ({ code }) => (CALLERS_MISTAKES.includes(code) ? "usage" : "internal"),
    ({ folder, code }) => `cannot write to ${folder}: ${whyUnwritten(code)}`,
  ),
  outputUnwritable: define<{ path: string; code: string }>(
    ({ code }) => (WRONG_PATHS.includes(code) ? "usage" : "internal"),
    ({ path, code }) => `cannot write ${path}: ${whyUnwritten(code)}`,
  ),
  outputNotRegular: usage<{ path: string; isFolder: boolean }>(({ path, isFolder }) =>
    isFolder ? `${path} is a folder` : `${path} is not a regular file, and is not replaced`,
  ),
  filesNotRestored: internal<{ rescue: string }>(
    ({ rescue }) => `files could not be put back; the old ones are in ${rescue}`,
  ),
  stdoutClosed: internal(() => "cannot write to stdout: it is closed"),
  stdoutUnwritable: internal<{ code: string }>(
    ({ code }) => `cannot write to stdout: ${whyUnwritten(code)}`,
  ),
  /** `problem` is an error of the JSON parser. */
  jsonInvalid: usage<{ file: NamedFile; problem?: string; place?: TextPlace }>(
    ({ file, problem, place }) =>
      `${nameWithPlace(file, place)}: not JSON${problem === undefined ? "" : `, ${JSON_PROBLEMS[problem] ?? problem}`}`,
  ),
  jsonKeyTwice: usage<{ file: NamedFile; key: string; place: TextPlace }>(
    ({ file, key, place }) =>
      `${nameWithPlace(file, place)}: the key ${quoted(key)} is there twice`,
  ),
  answersNotObject: usage<{ file: NamedFile }>(
    ({ file }) => `${nameOfAnswers(file)} is not a JSON object`,
  ),
  answersKeyUnknown: usage<{ file: NamedFile; key: string }>(
    ({ file, key }) => `${nameOfAnswers(file)}: unknown key ${quoted(key)}`,
  ),
  answerMissing: usage<{ file: NamedFile; key: string }>(
    ({ file, key }) => `${nameOfAnswers(file)}: ${key} is missing`,
  ),
  /** `rule` is the rule that the value breaks, such as "must not be empty or all spaces". */
  answerInvalid: usage<{ file: NamedFile; key: string; rule: string }>(
    ({ file, key, rule }) => `${nameOfAnswers(file)}: ${key} ${rule}`,
  ),
};

const EXPOSURES = {
  writableByAll: "written by everybody",
  writableByOthers: "written by others than its owner",
  readableByAll: "read by everybody",
} as const;
export type Exposure = keyof typeof EXPOSURES;
