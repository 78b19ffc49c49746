/**
 * Finding the files of the platform package: the one optional dependency of `tlslp` that npm
 * installs for this system.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const requireHere = createRequire(import.meta.url);

const SYSTEM = process.platform === "win32" ? "windows" : process.platform;
const TARGET = `${SYSTEM}-${process.arch}`;

/** Returns the folder of the platform package. Throws an error when none is installed. */
export function findPlatformPackage(): string {
  const names = [`@tlslp/${TARGET}`];
  if (SYSTEM === "linux") {
    names.push(`@tlslp/${TARGET}-musl`);
  }
  const [first, second] = names.flatMap(resolveFolder);
  if (first === undefined) {
    throw new Error(
      `the package @tlslp/${TARGET} is not installed; reinstall tlslp with optional dependencies`,
    );
  }
  // Some package managers install the packages for both C libraries.
  return second !== undefined && isMusl() ? second : first;
}

/** Returns the path of the executable. Throws an error when no platform package is installed. */
export function findExecutable(): string {
  return join(findPlatformPackage(), "bin", SYSTEM === "windows" ? "tlslp.exe" : "tlslp");
}

function resolveFolder(name: string): readonly string[] {
  try {
    return [dirname(requireHere.resolve(`${name}/package.json`))];
  } catch {
    return [];
  }
}

function isMusl(): boolean {
  // Otherwise a report looks up the name of every peer.
  const report = Object.assign(process.report, { excludeNetwork: true });
  const { header } = report.getReport() as unknown as { header: object };
  return !("glibcVersionRuntime" in header);
}
