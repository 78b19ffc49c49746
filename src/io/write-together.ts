/**
 * Writing several files into a folder so that all appear or none.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errorCode, Fault } from "../fault/fault.ts";
import { ignoreUnable, sync, syncFolder } from "./sync.ts";

export interface NewFile {
  readonly name: string;
  readonly content: string;
  /** Permission bits, such as 0o600. */
  readonly mode: number;
  /** The owner of the file, whose mode then holds under any umask; default: ourselves. */
  readonly owner?: Owner | undefined;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Writes the files into a folder (made with mode 0700 if absent). They are first written to a
 * folder inside it, and then moved to their places. When a step fails, the steps before it are
 * undone. Files that another process put there meanwhile are left alone. A file that is replaced is
 * there at every moment, old or new: where the machine stops between two files, some are old and
 * some new.
 *
 * @param options.replace whether files of the same names may be replaced
 * @throws {Fault} "usage" when a file exists already or the folder cannot be used, "internal" when
 *   the disk fails
 */
export function writeTogether(
  folder: string,
  files: readonly NewFile[],
  { replace }: { readonly replace: boolean },
): void {
  const topmostMade = makeFolders(folder);
  try {
    const staging = openStaging(folder, files, replace);
    try {
      inFolder(folder, () => stage(staging, files));
      place(folder, staging, files, replace);
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  } catch (thrown) {
    removeFolders(folder, topmostMade);
    throw thrown;
  }
}

/**
 * Does the same for a thousand files: it waits for the disk with many at once, which takes a tenth
 * of the time.
 *
 * @param options.signal throws its reason when it aborts before the files are moved to their places
 */
export async function writeManyTogether(
  folder: string,
  files: readonly NewFile[],
  { replace, signal }: { readonly replace: boolean; readonly signal?: AbortSignal },
): Promise<void> {
  const topmostMade = makeFolders(folder);
  try {
    const staging = openStaging(folder, files, replace);
    try {
      await stageMany(folder, staging, files, signal);
      place(folder, staging, files, replace);
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  } catch (thrown) {
    removeFolders(folder, topmostMade);
    throw thrown;
  }
}

/** Makes a folder, and those above it; returns the topmost that was made. */
function makeFolders(folder: string): string | undefined {
  // Resolved, so that no folder is made for the a of a/../b.
  return inFolder(folder, () => mkdirSync(resolve(folder), { recursive: true, mode: 0o700 }));
}

/** Makes the folder in which files are written first, if they can be moved to their places. */
function openStaging(folder: string, files: readonly NewFile[], replace: boolean): string {
  requireReplaceable(folder, files, replace);
  return inFolder(folder, () => mkdtempSync(join(folder, ".new-")));
}

function requireReplaceable(folder: string, files: readonly NewFile[], replace: boolean): void {
  for (const { name } of files) {
    const path = join(folder, name);
    const stats = inFolder(folder, () => lstatSync(path, { throwIfNoEntry: false }));
    if (stats !== undefined && !replace) {
      throw new Fault("fileExists", { path });
    }
    if (stats?.isDirectory()) {
      throw new Fault("folderNotReplaced", { path });
    }
  }
}

function stage(staging: string, files: readonly NewFile[]): void {
  for (const { name, content, mode, owner } of files) {
    const descriptor = openSync(join(staging, name), "wx", mode);
    try {
      if (owner !== undefined) {
        give(descriptor, owner, mode);
      }
      writeFileSync(descriptor, content);
      sync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}

/** Gives an empty file to an owner. Where only root may do that, its group gets no access. */
function give(descriptor: number, { uid, gid }: Owner, mode: number): void {
  try {
    fchownSync(descriptor, uid, gid);
    fchmodSync(descriptor, mode);
  } catch (error) {
    if (errorCode(error) !== "EPERM") {
      throw error;
    }
    fchmodSync(descriptor, mode & 0o707);
  }
}

/** Files that are written at the same time. */
const BATCH = 64;

async function stageMany(
  folder: string,
  staging: string,
  files: readonly NewFile[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let start = 0; start < files.length; start += BATCH) {
    const batch = files.slice(start, start + BATCH);
    const outcomes = await Promise.allSettled(batch.map((file) => stageOne(staging, file)));
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) {
      throw inFolderFault(folder, failed.reason);
    }
    signal?.throwIfAborted();
  }
}

async function stageOne(staging: string, { name, content, mode, owner }: NewFile): Promise<void> {
  const file = await open(join(staging, name), "wx", mode);
  try {
    if (owner !== undefined) {
      give(file.fd, owner, mode);
    }
    await file.writeFile(content);
    await file.sync().catch(ignoreUnable);
  } finally {
    await file.close();
  }
}

/** Moves staged files to their places, and keeps the old ones in the staging folder meanwhile. */
function place(folder: string, staging: string, files: readonly NewFile[], replace: boolean): void {
  const undo: (() => void)[] = [];
  try {
    for (const { name } of files) {
      const path = join(folder, name);
      const staged = join(staging, name);
      const old = join(staging, `${name}.old`);
      const kept = replace ? inFolder(folder, () => keepOld(path, old)) : "absent";
      if (kept !== "absent") {
        undo.push(() => renameSync(old, path));
      }
      inFolder(folder, () =>
        kept === "linked" ? renameSync(staged, path) : putExclusively(staged, path),
      );
      if (kept === "absent") {
        undo.push(() => rmSync(path));
      }
    }
    inFolder(folder, () => syncFolder(folder));
  } catch (thrown) {
    undoAll(undo.reverse(), staging);
    throw thrown;
  }
}

/** Gives an old file a second name; moves it where it can have only one. */
function keepOld(path: string, old: string): "absent" | "linked" | "moved" {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    return "absent";
  }
  if (stats.isFile()) {
    try {
      linkSync(path, old);
      return "linked";
    } catch {
      // The file system has no hard links, or the file is not ours.
    }
  }
  renameSync(path, old);
  return "moved";
}

/** Moves a file; unlike a rename, fails when another process has made such a file meanwhile. */
function putExclusively(staged: string, path: string): void {
  try {
    linkSync(staged, path);
  } catch (error) {
    requireFree(path, error);
    // The file system has no hard links.
    copyExclusively(staged, path);
  }
}

function copyExclusively(staged: string, path: string): void {
  try {
    copyFileSync(staged, path, constants.COPYFILE_EXCL);
  } catch (error) {
    requireFree(path, error);
    rmSync(path, { force: true }); // The disk is full, and the copy is not whole.
    throw error;
  }
}

function requireFree(path: string, error: unknown): void {
  if (errorCode(error) === "EEXIST") {
    throw new Fault("fileExists", { path }, { cause: error });
  }
}

/** Takes every step even when one fails. Old files that cannot be put back are kept and named. */
function undoAll(steps: readonly (() => void)[], staging: string): void {
  let failure: unknown;
  for (const step of steps) {
    try {
      step();
    } catch (thrown) {
      failure = thrown;
    }
  }
  if (failure !== undefined) {
    const rescue = `${staging}-rescued`;
    renameSync(staging, rescue);
    throw new Fault("filesNotRestored", { rescue }, { cause: failure });
  }
}

/** Removes the folders that were made, from the innermost up, until one is not empty. */
function removeFolders(innermost: string, topmost: string | undefined): void {
  if (topmost === undefined) {
    return;
  }
  const end = resolve(topmost);
  for (let path = resolve(innermost); path.startsWith(end); path = dirname(path)) {
    try {
      rmdirSync(path);
    } catch {
      return;
    }
  }
}

function inFolder<T>(folder: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw inFolderFault(folder, cause);
  }
}

function inFolderFault(folder: string, cause: unknown): Fault {
  return cause instanceof Fault
    ? cause
    : new Fault("folderUnwritable", { folder, code: errorCode(cause) }, { cause });
}
