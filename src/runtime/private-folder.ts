/**
 * A place for code, below the user's home, that only the user can write to.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/**
 * Hands over the path of a new private folder, and removes it when that is done with. Throws when
 * it cannot be made, or others may write to a folder on the way to it.
 */
export async function withPrivateFolder<T>(
  use: (folder: string) => Promise<T>,
  home = homedir(),
): Promise<T> {
  const wanted = join(home, ".cache", "tlslp");
  mkdirSync(wanted, { recursive: true, mode: 0o700 });
  // Where it really is, whatever links and a relative path leave out.
  const base = realpathSync(wanted);
  refuseForeign(base);
  const folder = mkdtempSync(join(base, "search-"));
  try {
    return await use(folder);
  } finally {
    // Windows keeps a loaded library's file; there the folder stays behind.
    rmSync(folder, { recursive: true, force: process.platform === "win32" });
  }
}

/** Whoever could write to a folder on the way could exchange what lies below it. */
function refuseForeign(folder: string): void {
  const uid = process.getuid?.();
  if (uid === undefined) {
    return; // Windows: homes are their users' own.
  }
  const { uid: owner, mode } = statSync(folder);
  const isOurs = owner === uid || owner === 0;
  const isShared = (mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0;
  if (!isOurs || isShared) {
    throw new Error(`others may write to ${folder}`);
  }
  if (dirname(folder) !== folder) {
    refuseForeign(dirname(folder));
  }
}

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;
