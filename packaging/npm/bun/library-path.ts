/**
 * The path of the native library, in place of `#search-library`.
 */
import { join } from "node:path";
import { findPlatformPackage } from "../platform.ts";

const NAMES: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "libtlslp-search.dylib",
  win32: "tlslp-search.dll",
};

export default findLibrary();

/** Without a platform package everything but the search works, so its absence is no error yet. */
function findLibrary(): string {
  const name = NAMES[process.platform] ?? "libtlslp-search.so";
  try {
    return join(findPlatformPackage(), "lib", name);
  } catch {
    return join(import.meta.dir, "no-platform-package", name);
  }
}
