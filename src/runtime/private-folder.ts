/**
 * A folder for code, below the user's home, that no other user can write to. It is needed as long
 * as embedded-library.ts is, which names the version and the issue of Bun;
 * test/unit/runtime/private-folder.test.ts tests it.
 */
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const WRITABLE_BY_GROUP_OR_OTHERS = 0o022;
const STICKY = 0o1000;
/** Milliseconds. */
const HOUR = 60 * 60 * 1000;

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
    if (process.platform === "win32") {
      removeUnused(base);
    } else {
      rmSync(folder, { recursive: true });
    }
  }
}

/**
 * Removes all old folders below `base` whose files are not in use. Windows cannot remove the file
 * of a loaded library, so the folder of this process is left to a later one.
 */
function removeUnused(base: string): void {
  for (const name of readdirSync(base)) {
    const folder = join(base, name);
    try {
      // In a new folder another process may be about to load its library.
      if (Date.now() - statSync(folder).mtimeMs > HOUR) {
        rmSync(folder, { recursive: true });
      }
    } catch {
      // A process still uses it.
    }
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
  const isShared = (mode & WRITABLE_BY_GROUP_OR_OTHERS) !== 0 && (mode & STICKY) === 0;
  if (!isOurs || isShared) {
    throw new Error(`other users may write to ${folder}`);
  }
  if (dirname(folder) !== folder) {
    requireOwn(dirname(folder));
  }
}
