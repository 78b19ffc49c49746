/**
 * Files that the user names. Each is opened once, judged by its descriptor (not by its name, which
 * could change meanwhile), read whole, and every failure is a usage fault that names the file.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { errorCode, Fault, oldFault } from "../fault/fault.ts";

/** No file that we read is honestly larger, in bytes. */
const MAX_FILE_SIZE = 1024 * 1024;

const WRITABLE_BY_GROUP_OR_OTHERS = 0o022;
const WRITABLE_BY_OTHERS = 0o002;
const READABLE_BY_OTHERS = 0o004;

/** A file that the user named, or that we look for by default. */
export interface InputFile {
  readonly path: string;
  /** What it is for, as errors call it: "the CA certificate". */
  readonly what: string;
  /** The hint when there is no such file. */
  readonly whenMissing?: string;
}

/** Reads a text file. */
export function readInput(file: InputFile): string {
  return decode(
    file,
    readChecked(file, () => undefined),
  );
}

/** Reads what decides whom we believe: a file that no stranger may write. */
export function readTrusted(file: InputFile): Buffer {
  return readChecked(file, (mode) =>
    (mode & WRITABLE_BY_OTHERS) === 0
      ? undefined
      : { complaint: "can be written by everybody", remedy: "chmod o-w" },
  );
}

/** The same of a text file. */
export function readTrustedText(file: InputFile): string {
  return decode(file, readTrusted(file));
}

/** Reads a private key, which nobody but its owner may write and no stranger may read. */
export function readSecret(file: InputFile): string {
  return decode(
    file,
    readChecked(file, (mode) => {
      const complaint = complainOfKeyMode(mode);
      return complaint === undefined ? undefined : { complaint, remedy: "chmod 600" };
    }),
  );
}

/** What is wrong with a file's permissions, and the command that mends it. */
interface UnsafeMode {
  readonly complaint: string;
  readonly remedy: string;
}

function readChecked(input: InputFile, judge: (mode: number) => UnsafeMode | undefined): Buffer {
  const { path, what } = input;
  const file = openInput(input);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) {
      throw oldFault("usage", `${what} ${path} is not a regular file`);
    }
    if (stats.size > MAX_FILE_SIZE) {
      throw oldFault("usage", `${what} ${path} is larger than ${MAX_FILE_SIZE} bytes`);
    }
    // On Windows permissions are lists that these bits do not reflect.
    const unsafe = process.platform === "win32" ? undefined : judge(stats.mode);
    if (unsafe !== undefined) {
      throw oldFault("usage", `${what} ${path} ${unsafe.complaint}`, {
        hint: `${unsafe.remedy} ${forShell(path)}`,
      });
    }
    return readFileSync(file);
  } catch (cause) {
    throw cause instanceof Fault ? cause : unreadable(input, cause);
  } finally {
    closeSync(file);
  }
}

function openInput(input: InputFile): number {
  try {
    // Without waiting: a named pipe must be refused, not opened for ever.
    return openSync(input.path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw unreadable(input, cause);
  }
}

function decode({ path, what }: InputFile, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const hint = isDer(bytes)
      ? "it looks like DER; openssl x509 and pkey make PEM of it"
      : undefined;
    throw oldFault("usage", `${what} ${path} is not text in UTF-8`, { hint, cause });
  }
}

/** Whether it begins as certificates and keys do in DER: with a sequence of a length in more bytes. */
function isDer([tag = 0, length = 0]: Uint8Array): boolean {
  return tag === 0x30 && length > 0x80;
}

function complainOfKeyMode(mode: number): string | undefined {
  if ((mode & WRITABLE_BY_GROUP_OR_OTHERS) !== 0) {
    return "can be written by others than its owner";
  }
  return (mode & READABLE_BY_OTHERS) === 0 ? undefined : "can be read by everybody";
}

/** As a shell wants to read it. */
function forShell(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  EACCES: "cannot be read: permission denied",
  EPERM: "cannot be read: permission denied",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "does not exist: a part of its path is not a folder",
  ELOOP: "cannot be read: too many symbolic links",
  ENAMETOOLONG: "cannot be read: its name is too long",
};

function unreadable({ path, what, whenMissing }: InputFile, cause: unknown): Fault {
  const code = errorCode(cause);
  const meaning = MEANINGS[code] ?? `cannot be read: ${code}`;
  return oldFault("usage", `${what} ${path} ${meaning}`, {
    hint: code === "ENOENT" ? whenMissing : undefined,
    cause,
  });
}
