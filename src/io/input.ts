/**
 * Reading files that the user names. Each is opened once, checked by its descriptor (its name could
 * lead elsewhere a moment later) and read whole. A failure is a usage fault that names the file.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { errorCode, Fault, isFault } from "../fault/fault.ts";
import type { Exposure, NamedFile } from "../fault/sentences/files.ts";
import { followLinks } from "./links.ts";
import { awaitPipe, namesDescriptor, readPipe } from "./pipe.ts";

/** The largest file in bytes, far above any that we need. */
const MAX_FILE_SIZE = 1024 * 1024;
/** The same for lists of revoked certificates, which take about 50 bytes for each. */
const MAX_LIST_SIZE = 16 * MAX_FILE_SIZE;

/** How long a pipe may take to end, in seconds: its writer may ask for a password. */
const PIPE_TIMEOUT = 30;

/** Without O_NONBLOCK, to open a named pipe would wait for its writer. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

const WRITABLE_BY_GROUP_OR_OTHERS = 0o022;
const WRITABLE_BY_OTHERS = 0o002;
const READABLE_BY_GROUP_OR_OTHERS = 0o044;
const READABLE_BY_OTHERS = 0o004;

/** The mode bits that the folders must not have on the way of a link. */
type LinkRule = typeof WRITABLE_BY_GROUP_OR_OTHERS | typeof WRITABLE_BY_OTHERS;

/** A file to read. A pipe that we were started with counts as a file: /dev/fd/N or /dev/stdin. */
export type InputFile = NamedFile & {
  readonly path: string;
  /** Returns the content, where it was read and checked before. (A fault may carry the file.) */
  readonly content?: () => Buffer;
};

/** The content of pipes that were read ahead, by path; undefined: one did not end. */
const readAhead = new Map<string, Buffer | undefined>();

/**
 * Reads the pipes among some files ahead, because signals are handled only while we await. The
 * functions below then find their content. Throws the signal's reason.
 */
export async function readPipesAhead(
  paths: readonly (string | undefined)[],
  signal: AbortSignal,
): Promise<void> {
  const limits = { maxSize: MAX_LIST_SIZE, seconds: PIPE_TIMEOUT, signal };
  for (const path of new Set(paths)) {
    const descriptor = path === undefined ? undefined : openGivenPipe(path);
    if (path !== undefined && descriptor !== undefined) {
      try {
        readAhead.set(path, await awaitPipe(descriptor, limits));
      } finally {
        closeSync(descriptor);
      }
    }
  }
}

/** Opens a pipe that we were started with; returns undefined for any other file. */
function openGivenPipe(path: string): number | undefined {
  if (!namesDescriptor(path)) {
    return undefined;
  }
  try {
    const descriptor = openSync(path, READ_FLAGS);
    if (fstatSync(descriptor).isFIFO()) {
      return descriptor;
    }
    closeSync(descriptor);
  } catch {
    // The functions below meet the error again, and know the purpose of the file.
  }
  return undefined;
}

/** Reads a text file, which must not be writable by everybody, unless it holds our answers. */
export function readInput(file: InputFile): string {
  return decode(file, file.purpose === "answers" ? readAny(file) : readTrusted(file));
}

/** Reads a file that is only shown, whatever its permissions. */
export function readAny(file: InputFile): Buffer {
  return readChecked(file, () => undefined);
}

/**
 * Reads a file of trusted certificates or the like, which must not be writable by everybody.
 *
 * @param holdsSecret whether some content holds a private key too, as of `readSecret`
 */
export function readTrusted(
  file: InputFile,
  holdsSecret: (bytes: Buffer) => boolean = () => false,
): Buffer {
  const check: Check = (mode, bytes) => {
    if (holdsSecret(bytes)) {
      return exposureOfKey(mode);
    }
    return (mode & WRITABLE_BY_OTHERS) === 0 ? undefined : "writableByAll";
  };
  return readChecked(file, check, WRITABLE_BY_OTHERS);
}

/**
 * Reads a private key: only its owner may write it, and not everybody may read it. PEM without a
 * key skips the check, so that the error says that it holds no key.
 */
export function readSecret(file: InputFile): Buffer {
  const check: Check = (mode, bytes) => {
    const isOther = bytes.includes("-----BEGIN ") && !bytes.includes("PRIVATE KEY");
    return isOther ? undefined : exposureOfKey(mode);
  };
  return readChecked(file, check, WRITABLE_BY_GROUP_OR_OTHERS);
}

/** A file, and whether users beside its owner can read it. */
interface MailedFile {
  readonly bytes: Buffer;
  readonly isReadable: boolean;
}

/** Reads a file that may hold a private key and came by mail: others may read it, not write it. */
export function readMailed(file: InputFile): MailedFile {
  let isReadable = false;
  const check: Check = (mode) => {
    isReadable = (mode & READABLE_BY_GROUP_OR_OTHERS) !== 0;
    return (mode & WRITABLE_BY_GROUP_OR_OTHERS) === 0 ? undefined : "writableByOthers";
  };
  const bytes = readChecked(file, check, WRITABLE_BY_GROUP_OR_OTHERS);
  return { bytes, isReadable };
}

type Check = (mode: number, bytes: Buffer) => Exposure | undefined;

/** Reads a file; with a rule for links, only where no other user can lead a link elsewhere. */
function readChecked(file: InputFile, check: Check, rule?: LinkRule): Buffer {
  if (file.content !== undefined) {
    return file.content();
  }
  const descriptor = rule === undefined ? openInput(file) : openFollowed(file, rule);
  try {
    return readOpened(file, descriptor, check);
  } catch (cause) {
    throw cause instanceof Fault
      ? cause
      : new Fault("fileUnreadable", { file, code: errorCode(cause) }, { cause });
  } finally {
    closeSync(descriptor);
  }
}

function readOpened(file: InputFile, descriptor: number, check: Check): Buffer {
  const stats = fstatSync(descriptor);
  if (stats.isFIFO() && namesDescriptor(file.path)) {
    return readGivenPipe(file, descriptor);
  }
  if (stats.isDirectory()) {
    throw new Fault("fileUnreadable", { file, code: "EISDIR" });
  }
  if (!stats.isFile()) {
    throw new Fault("fileNotRegular", { file });
  }
  requireSize(file, stats.size);
  const bytes = readFileSync(descriptor);
  // On Windows permissions are lists, which these bits do not reflect.
  const exposure = process.platform === "win32" ? undefined : check(stats.mode, bytes);
  if (exposure !== undefined) {
    throw new Fault("fileExposed", { file, exposure });
  }
  return bytes;
}

function readGivenPipe(file: InputFile, descriptor: number): Buffer {
  const bytes = readAhead.has(file.path)
    ? readAhead.get(file.path)
    : readPipe(descriptor, { maxSize: maxSizeOf(file), seconds: PIPE_TIMEOUT });
  readAhead.delete(file.path);
  if (bytes === undefined) {
    throw new Fault("pipeUnfinished", { file, seconds: PIPE_TIMEOUT });
  }
  if (bytes.length === 0) {
    throw new Fault("pipeEmpty", { file });
  }
  requireSize(file, bytes.length);
  return bytes;
}

function requireSize(file: InputFile, size: number): void {
  const maxBytes = maxSizeOf(file);
  if (size > maxBytes) {
    throw new Fault("fileTooLarge", { file, maxBytes });
  }
}

function maxSizeOf({ purpose }: InputFile): number {
  return purpose === "revocations" ? MAX_LIST_SIZE : MAX_FILE_SIZE;
}

/** How often a path is followed whose target goes away meanwhile: Kubernetes replaces targets. */
const MAX_TRIES = 3;

function openFollowed(file: InputFile, rule: LinkRule): number {
  if (process.platform === "win32" || namesDescriptor(file.path)) {
    return openInput(file);
  }
  for (let tries = 1; ; tries += 1) {
    const target = requireSafeLinks(file, rule);
    try {
      return target === undefined ? openInput(file) : openInput(file, target);
    } catch (thrown) {
      const isGone = isFault(thrown, "fileUnreadable") && thrown.facts.code === "ENOENT";
      if (target === undefined || !isGone || tries === MAX_TRIES) {
        throw thrown;
      }
    }
  }
}

/** Returns the path without links, if there are any. */
function requireSafeLinks(file: InputFile, rule: LinkRule): string | undefined {
  const { target, unsafe } = reporting(file, () => followLinks(file.path, rule));
  if (unsafe !== undefined) {
    throw new Fault("linkUnsafe", { file, place: unsafe.path, reason: unsafe.reason });
  }
  return target;
}

/** Opens a file, or the target of its links, which then must not be a link itself. */
function openInput(file: InputFile, target?: string): number {
  return reporting(file, () =>
    target === undefined
      ? openSync(file.path, READ_FLAGS)
      : openSync(target, READ_FLAGS | constants.O_NOFOLLOW),
  );
}

function reporting<T>(file: InputFile, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new Fault("fileUnreadable", { file, code: errorCode(cause) }, { cause });
  }
}

function decode(file: InputFile, bytes: Uint8Array): string {
  const [first, second] = bytes;
  // A character of ASCII in UTF-16 is one zero and one other byte; its text need not have a mark.
  if (second !== undefined && (first === 0) !== (second === 0)) {
    throw new Fault("fileNotUtf8", { file, encoding: "UTF-16" });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Fault("fileNotUtf8", { file, encoding: encodingOf(bytes) }, { cause });
  }
}

/** Returns the encoding of bytes that are not UTF-8, if they begin like one that is known. */
function encodingOf(bytes: Uint8Array): "DER" | "UTF-16" | undefined {
  if (hasUtf16Mark(bytes)) {
    return "UTF-16";
  }
  const [first = 0, second = 0] = bytes;
  // A certificate or a key in DER is a sequence of at least 128 bytes.
  return first === 0x30 && second > 0x80 ? "DER" : undefined;
}

/** Whether bytes begin with a byte order mark of UTF-16. */
export function hasUtf16Mark([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function exposureOfKey(mode: number): Exposure | undefined {
  if ((mode & WRITABLE_BY_GROUP_OR_OTHERS) !== 0) {
    return "writableByOthers";
  }
  return (mode & READABLE_BY_OTHERS) === 0 ? undefined : "readableByAll";
}
