/**
 * Writing one file of any size so that it appears as a whole or not at all.
 */
import {
  appendFileSync,
  closeSync,
  fchmodSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { errorCode, Fault } from "../fault/fault.ts";
import { sync, syncFolder } from "./sync.ts";

/**
 * Writes the pieces to a file, and replaces one that is there. They go to a new file in the same
 * folder, which is moved to its place at the end. When anything is thrown, also by the pieces, the
 * file at the path stays as it was.
 *
 * @param mode permission bits, whatever the umask, where the file system has any; default: only its
 *   owner can read it
 * @throws {Fault} "usage" for a path that cannot be written, "internal" when the disk fails
 */
export async function writeWhole(
  path: string,
  pieces: AsyncIterable<string> | Iterable<string>,
  mode = 0o600,
): Promise<void> {
  const target = reportingOutput(path, () => resolveTarget(path));
  const staged = join(dirname(target), `.new-${crypto.randomUUID()}`);
  const descriptor = reportingOutput(path, () => openSync(staged, "wx", mode));
  try {
    try {
      ignoreUmask(descriptor, mode);
      for await (const piece of pieces) {
        reportingOutput(path, () => appendFileSync(descriptor, piece));
      }
      reportingOutput(path, () => sync(descriptor));
    } finally {
      closeSync(descriptor);
    }
    reportingOutput(path, () => renameSync(staged, target));
  } catch (thrown) {
    rmSync(staged, { force: true });
    throw thrown;
  }
  reportingOutput(path, () => syncFolder(dirname(target)));
}

/** Gives a new file all bits of its mode, where the file system has modes. */
function ignoreUmask(descriptor: number, mode: number): void {
  try {
    fchmodSync(descriptor, mode);
  } catch {
    // It has the mode of its mount.
  }
}

/** Returns the path of the file itself if the given path is a link. */
function resolveTarget(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) {
    return path;
  }
  // A rename would replace a device such as /dev/null.
  if (!status.isFile()) {
    throw new Fault("outputNotRegular", { path, isFolder: status.isDirectory() });
  }
  return realpathSync(path);
}

/** Returns what the action returns; throws an internal fault that names the path. */
export function reportingOutput<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw cause instanceof Fault
      ? cause
      : new Fault("outputUnwritable", { path, code: errorCode(cause) }, { cause });
  }
}
