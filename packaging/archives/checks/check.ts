/**
 * One thing to check about a release.
 */
export interface Check {
  readonly name: string;
  /** Returns a detail for the table. Throws an error when the check fails. */
  readonly run: () => string | Promise<string>;
}

/** Thrown by a check that this machine cannot run. */
export class Impossible extends Error {
  override readonly name = "Impossible";
}

/** Throws an error when a program is not in PATH. */
export function requireProgram(name: string, debianPackage: string): void {
  if (Bun.which(name) === null) {
    throw new Impossible(`install ${debianPackage} to run it`);
  }
}
