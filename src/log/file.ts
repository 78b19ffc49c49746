/**
 * The log file. When it has grown to a certain size, it is renamed to PATH.1 and begun again.
 * Another program such as logrotate may move it away at any time. A full disk does not end the
 * program.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
} from "node:fs";
import { SonicBoom } from "sonic-boom";
import { errorCode, Fault, toFault } from "../fault/fault.ts";

export interface LogFile {
  /** Appends a line, which ends in a newline. When the disk is full, it waits for room. */
  write(line: string): void;
  /** Opens the path again. Throws a usage fault when it cannot; the old file then stays open. */
  reopen(): void;
  close(): void;
  /** Emits "drop" for a line for which it has no room, and "drain" when it is empty. */
  readonly queue: SonicBoom;
}

interface LogFileOptions {
  /** In bytes; 0 for no limit. */
  readonly maxSize: number;
  /** Called when the file cannot be rotated; it then grows on. */
  readonly onUnrotated: (fault: Fault) => void;
}

/** How much may wait for room on the disk, in bytes. */
const MAX_QUEUE = 1024 * 1024;

/** Opens the file, made for its owner alone. Throws a usage fault when it cannot. */
export function openLogFile(path: string, { maxSize, onUnrotated }: LogFileOptions): LogFile {
  requireWritable(path);
  const queue = new SonicBoom({ dest: path, sync: true, mode: MODE, maxLength: MAX_QUEUE });
  // The queue tries again at the next record.
  queue.on("error", () => undefined);
  let size = statSync(path).size;

  function reopen(): void {
    requireWritable(path);
    queue.reopen();
    size = statSync(path).size;
  }

  function rotate(): void {
    try {
      requireWritable(path);
      shiftOldFiles(realpathSync(path), maxSize);
      reopen();
    } catch (thrown) {
      // Rotation is tried again after another `maxSize` bytes.
      size = 0;
      onUnrotated(toFault(thrown));
    }
  }

  return {
    queue,
    write(line) {
      const length = Buffer.byteLength(line);
      if (maxSize > 0 && size > 0 && size + length > maxSize) {
        rotate();
      }
      size += length;
      queue.write(line);
    },
    reopen,
    close: () => queue.destroy(),
  };
}

/** Renames PATH.1 to PATH.2 and PATH to PATH.1, unless another process has just done so. */
function shiftOldFiles(path: string, maxSize: number): void {
  if (statSync(path).size < maxSize / 2) {
    return;
  }
  try {
    renameSync(`${path}.1`, `${path}.2`);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") {
      throw error;
    }
  }
  renameSync(path, `${path}.1`);
}

const MODE = 0o600;

// Without O_NONBLOCK, to open a named pipe would wait for its reader.
const FLAGS =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

/**
 * Throws a usage fault when the file cannot be opened, or is not a regular file. The library must
 * never fail to open it: after such a failure it would close a descriptor twice.
 */
function requireWritable(path: string): void {
  let isRegular: boolean;
  try {
    const descriptor = openSync(path, FLAGS, MODE);
    isRegular = fstatSync(descriptor).isFile();
    closeSync(descriptor);
  } catch (cause) {
    throw new Fault("logFileUnopened", { path, code: errorCode(cause) }, { cause });
  }
  if (!isRegular) {
    throw new Fault("fileNotRegular", { file: { purpose: "log", path } });
  }
}
