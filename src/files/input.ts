/**
 * Files that the user names. Each is opened once, judged by its descriptor (not by its name, which
 * could change meanwhile), read whole, and every failure is a usage fault that names the file.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { errorCode, Fault } from "../fault.ts";

/** No file that we read is honestly larger, in bytes. */
const MAX_FILE_SIZE = 1024 * 1024;

const WRITABLE_BY_GROUP_OR_OTHERS = 0o022;
const READABLE_BY_OTHERS = 0o004;

/** Reads a text file. `what` says in the error what it was wanted for: "the CA certificate". */
export function readInput(path: string, what: string): string {
  return readChecked(path, what, () => undefined);
}

/** Reads a private key, which nobody but its owner may write and no stranger may read. */
export function readSecret(path: string, what: string): string {
  return readChecked(path, what, refuseUnsafeMode);
}

function readChecked(
  path: string,
  what: string,
  complain: (stats: Stats) => string | undefined,
): string {
  const file = openInput(path, what);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) {
      throw new Fault("usage", `${what} ${path} is not a regular file`);
    }
    if (stats.size > MAX_FILE_SIZE) {
      throw new Fault("usage", `${what} ${path} is larger than ${MAX_FILE_SIZE} bytes`);
    }
    const complaint = complain(stats);
    if (complaint !== undefined) {
      throw new Fault("usage", `${what} ${path} ${complaint}`, { hint: `chmod 600 ${path}` });
    }
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw cause instanceof Fault ? cause : unreadable(path, what, cause);
  } finally {
    closeSync(file);
  }
}

function openInput(path: string, what: string): number {
  try {
    // Without waiting: a named pipe must be refused, not opened for ever.
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw unreadable(path, what, cause);
  }
}

function refuseUnsafeMode(stats: Stats): string | undefined {
  if (process.platform === "win32") {
    return undefined; // Its permissions are lists that these bits do not reflect.
  }
  if ((stats.mode & WRITABLE_BY_GROUP_OR_OTHERS) !== 0) {
    return "can be written by others than its owner";
  }
  if ((stats.mode & READABLE_BY_OTHERS) !== 0) {
    return "can be read by everybody";
  }
  return undefined;
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

function unreadable(path: string, what: string, cause: unknown): Fault {
  const code = errorCode(cause);
  const meaning = MEANINGS[code] ?? `cannot be read: ${code}`;
  return new Fault("usage", `${what} ${path} ${meaning}`, { cause });
}
