/**
 * Files that the user names. Each is opened once, judged by its descriptor (not by its name, which
 * could change meanwhile), read whole, and every failure is a usage fault that names the file.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { errorCode, Fault } from "../fault/fault.ts";
import type { Exposure, NamedFile } from "../fault/sentences/files.ts";

/** No file that we read is honestly larger, in bytes. */
const MAX_FILE_SIZE = 1024 * 1024;

const WRITABLE_BY_GROUP_OR_OTHERS = 0o022;
const WRITABLE_BY_OTHERS = 0o002;
const READABLE_BY_OTHERS = 0o004;

/** A file to read. */
export type InputFile = NamedFile & { readonly path: string };

/** Reads a text file. */
export function readInput(file: InputFile): string {
  return decode(
    file,
    readChecked(file, () => undefined),
  );
}

/** Reads a file that decides whom we trust: strangers must not be able to write it. */
export function readTrusted(file: InputFile): Buffer {
  return readChecked(file, (mode) =>
    (mode & WRITABLE_BY_OTHERS) === 0 ? undefined : "writableByAll",
  );
}

/** Reads a private key: only its owner may write it, and strangers may not read it. */
export function readSecret(file: InputFile): Buffer {
  return readChecked(file, exposureOfKey);
}

function readChecked(file: InputFile, judge: (mode: number) => Exposure | undefined): Buffer {
  const descriptor = openInput(file);
  try {
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) {
      throw new Fault("fileUnreadable", { file, code: "EISDIR" });
    }
    if (!stats.isFile()) {
      throw new Fault("fileNotRegular", { file });
    }
    if (stats.size > MAX_FILE_SIZE) {
      throw new Fault("fileTooLarge", { file, maxBytes: MAX_FILE_SIZE });
    }
    // On Windows permissions are lists that these bits do not reflect.
    const exposure = process.platform === "win32" ? undefined : judge(stats.mode);
    if (exposure !== undefined) {
      throw new Fault("fileExposed", { file, exposure });
    }
    return readFileSync(descriptor);
  } catch (cause) {
    throw cause instanceof Fault ? cause : unreadable(file, cause);
  } finally {
    closeSync(descriptor);
  }
}

function openInput(file: InputFile): number {
  try {
    // Without waiting: a named pipe must be refused, not opened for ever.
    return openSync(file.path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function decode(file: InputFile, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Fault("fileNotUtf8", { file, isDer: isDer(bytes) }, { cause });
  }
}

/** Whether it begins as certificates and keys do in DER: with a sequence of a length in more bytes. */
function isDer([tag = 0, length = 0]: Uint8Array): boolean {
  return tag === 0x30 && length > 0x80;
}

function exposureOfKey(mode: number): Exposure | undefined {
  if ((mode & WRITABLE_BY_GROUP_OR_OTHERS) !== 0) {
    return "writableByOthers";
  }
  return (mode & READABLE_BY_OTHERS) === 0 ? undefined : "readableByAll";
}

function unreadable(file: InputFile, cause: unknown): Fault {
  return new Fault("fileUnreadable", { file, code: errorCode(cause) }, { cause });
}
