/**
 * The log's file. It may be moved away under us and asked for anew, as logrotate does, and its disk
 * may be full: neither ends what is being logged.
 */
import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { errorCode, oldFault } from "../fault/fault.ts";

export interface LogFile {
  /** Appends a line, which ends in a newline, if it can. */
  write(line: string): void;
  /**
   * Goes on in the file that has the path now, made if there is none. Throws a usage fault when
   * that cannot be; then it goes on in the old one.
   */
  reopen(): void;
  close(): void;
}

/** Throws a usage fault when the file cannot be opened. */
export function openLogFile(path: string): LogFile {
  let descriptor = open(path);
  // Whether the file ends in the middle of a line, because its disk was full.
  let torn = false;

  return {
    write(line) {
      const bytes = Buffer.from(torn ? `\n${line}` : line);
      const written = append(descriptor, bytes);
      if (written > 0) {
        torn = written < bytes.length;
      }
    },
    reopen() {
      const old = descriptor;
      descriptor = open(path);
      torn = false;
      closeSync(old);
    },
    close: () => closeSync(descriptor),
  };
}

// Without waiting: a named pipe must be refused, not opened for ever.
const FLAGS =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

function open(path: string): number {
  try {
    const descriptor = openSync(path, FLAGS, 0o600);
    if (fstatSync(descriptor).isFile()) {
      return descriptor;
    }
    closeSync(descriptor);
  } catch (cause) {
    const code = errorCode(cause);
    throw oldFault("usage", `the log file ${path} cannot be opened: ${code}`, { cause });
  }
  throw oldFault("usage", `the log file ${path} is not a regular file`);
}

/** Returns how many bytes were written before the disk refused more. */
function append(descriptor: number, bytes: Uint8Array): number {
  let written = 0;
  try {
    while (written < bytes.length) {
      written += writeSync(descriptor, bytes, written);
    }
  } catch {
    // A full disk must not end what is being logged.
  }
  return written;
}
