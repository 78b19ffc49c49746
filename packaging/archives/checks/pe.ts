/**
 * What a file for Windows asks of the system.
 */
import { readPe } from "../pe.ts";
import type { Target } from "../targets.ts";

/** Every Windows since 10 has these. */
const SYSTEM_LIBRARY = /^(?:kernel32|ntdll|bcryptprimitives|api-ms-win-(?:core|crt)-[\w-]+)\.dll$/i;

/** Throws an error when the file is not for this target, or needs libraries of others. */
export function checkPe(file: Buffer, target: Target): string {
  const { architecture, libraries } = readPe(file);
  if (target.name !== `windows-${architecture}`) {
    throw new Error(`built for ${architecture}`);
  }
  const foreign = libraries.filter((name) => !SYSTEM_LIBRARY.test(name));
  if (foreign.length > 0) {
    throw new Error(`loads ${foreign.join(", ")}`);
  }
  return `Windows 10, ${libraries.length} system libraries`;
}
