/**
 * Waiting until the disk has stored a file or a folder.
 */
import { closeSync, fsyncSync, openSync } from "node:fs";
import { errorCode } from "../fault/fault.ts";

/** Has the disk store the names in a folder before it returns. */
export function syncFolder(folder: string): void {
  if (process.platform === "win32") {
    return; // It cannot open folders.
  }
  const descriptor = openSync(folder, "r");
  try {
    sync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Errors of a file system that has no such operation. */
const CANNOT_SYNC = ["EINVAL", "ENOTSUP", "EOPNOTSUPP"];

/** Has the disk store a file or a folder before it returns, where the file system can do that. */
export function sync(descriptor: number): void {
  try {
    fsyncSync(descriptor);
  } catch (error) {
    ignoreUnable(error);
  }
}

/** Throws an error again unless it says that the file system cannot sync. */
export function ignoreUnable(error: unknown): void {
  if (!CANNOT_SYNC.includes(errorCode(error))) {
    throw error;
  }
}
