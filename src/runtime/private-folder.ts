/**
 * A folder for code, below the user's home, that no other user can write to. It is needed as long
 * as embedded-library.ts is; test/unit/runtime/private-folder.test.ts tests it.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/**
 * Calls `use` with the path of a new private folder, and removes the folder when `use` is done.
 * Throws when it cannot be made, or when another user may write to a folder above it.
 */
export async function withPrivateFolder<T>(
  use: (folder: string) => Promise<T>,
  home = homedir(),
): Promise<T> {
  const cache = join(home, ".cache", "tlslp");
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  // Without links and relative paths, so that every folder on the way is checked.
  const base = realpathSync(cache);
  requireOwn(base);
  const folder = mkdtempSync(join(base, "search-"));
  try {
    return await use(folder);
  } finally {
    // Windows cannot remove the file of a loaded library; the folder stays there.
    rmSync(folder, { recursive: true, force: process.platform === "win32" });
  }
}

/** Throws when another user may write to the folder, or to one above it and exchange it there. */
function requireOwn(folder: string): void {
  const uid = process.getuid?.();
  if (uid === undefined) {
    return; // On Windows a home belongs to its user alone.
  }
  const { uid: owner, mode } = statSync(folder);
  const isOurs = owner === uid || owner === 0;
  const isShared = (mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0;
  if (!isOurs || isShared) {
    throw new Error(`other users may write to ${folder}`);
  }
  if (dirname(folder) !== folder) {
    requireOwn(dirname(folder));
  }
}
