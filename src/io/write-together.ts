/**
 * Writing several files so that all appear or none.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
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
import { dirname, join, resolve } from "node:path";
import { errorCode, type Fault, oldFault } from "../fault/fault.ts";

export interface NewFile {
  readonly name: string;
  readonly content: string;
  /** Permission bits, such as 0o600. */
  readonly mode: number;
}

/**
 * Writes the files into a folder (made with mode 0700 if absent). They are written and synced
 * beside their places first and then moved there; whatever fails, the folder is left as it was, and
 * what somebody else put there meanwhile is left alone.
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
  const madeFolder = makeFolder(folder);
  try {
    if (!replace) {
      refuseExisting(folder, files);
    }
    const staging = inFolder(folder, () => mkdtempSync(join(folder, ".new-")));
    try {
      moveTogether(folder, staging, stage(staging, files), replace);
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
    syncFolder(folder);
  } catch (thrown) {
    if (madeFolder !== undefined) {
      removeFolders(folder, madeFolder);
    }
    throw thrown;
  }
}

/** Makes the folder and its parents; returns the topmost one that it had to make. */
function makeFolder(folder: string): string | undefined {
  // Resolved, as paths of files in it are by being joined: nothing is made for the a of a/../b.
  return inFolder(folder, () => mkdirSync(resolve(folder), { recursive: true, mode: 0o700 }));
}

/** From the innermost up to the topmost, as long as nobody else has put anything there. */
function removeFolders(innermost: string, topmost: string): void {
  const end = resolve(topmost);
  for (let path = resolve(innermost); path.startsWith(end); path = dirname(path)) {
    try {
      rmdirSync(path);
    } catch {
      return;
    }
  }
}

function refuseExisting(folder: string, files: readonly NewFile[]): void {
  const existing = files.find(({ name }) => inFolder(folder, () => lexists(join(folder, name))));
  if (existing !== undefined) {
    throw alreadyThere(join(folder, existing.name));
  }
}

function stage(staging: string, files: readonly NewFile[]): readonly NewFile[] {
  for (const { name, content, mode } of files) {
    inFolder(staging, () => {
      const file = openSync(join(staging, name), "wx", mode);
      try {
        writeFileSync(file, content);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    });
  }
  return files;
}

/** Moves staged files to their places, and everything back when one cannot be moved. */
function moveTogether(
  folder: string,
  staging: string,
  files: readonly NewFile[],
  replace: boolean,
): void {
  const undo: (() => void)[] = [];
  try {
    for (const { name } of files) {
      const place = join(folder, name);
      if (lexists(place)) {
        if (!replace) {
          throw alreadyThere(place);
        }
        if (lstatSync(place).isDirectory()) {
          throw oldFault("usage", `${place} is a folder, and is not replaced`);
        }
        const aside = join(staging, `${name}.old`);
        inFolder(folder, () => renameSync(place, aside));
        undo.push(() => renameSync(aside, place));
      }
      inFolder(folder, () => placeExclusively(join(staging, name), place));
      undo.push(() => rmSync(place));
    }
  } catch (thrown) {
    undoAll(undo.reverse(), staging);
    throw thrown;
  }
}

/** Takes every step, also when one fails; then what could not be put back is kept, and named. */
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
    throw oldFault("internal", `files could not be put back; the old ones are in ${rescue}`, {
      cause: failure,
    });
  }
}

/** Unlike a rename, fails where something has appeared meanwhile. */
function placeExclusively(staged: string, place: string): void {
  try {
    linkSync(staged, place);
  } catch (error) {
    if (errorCode(error) === "EEXIST") {
      throw error;
    }
    // A file system without hard links.
    copyFileSync(staged, place, constants.COPYFILE_EXCL);
  }
}

function syncFolder(folder: string): void {
  if (process.platform === "win32") {
    return; // It has no such operation on folders.
  }
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Whether anything has this name, a dangling symbolic link included. */
function lexists(path: string): boolean {
  return existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

const CALLERS_MISTAKES = new Set(["EACCES", "EPERM", "ENOTDIR", "EEXIST", "EROFS", "ENAMETOOLONG"]);

function inFolder<T>(folder: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const code = errorCode(cause);
    const family = CALLERS_MISTAKES.has(code) ? "usage" : "internal";
    throw oldFault(family, `cannot write to ${folder}: ${code}`, { cause });
  }
}

function alreadyThere(path: string): Fault {
  return oldFault("usage", `${path} exists already`, {
    hint: "--force replaces it and the others; whoever uses them needs the new ones then",
  });
}
