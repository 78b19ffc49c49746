/**
 * Writing invitations so that no certificate exists without its line in the journal.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isFault } from "../fault/fault.ts";
import { writeManyTogether } from "../io/write-together.ts";
import { nameFiles } from "./file-name.ts";
import type { IssuedInvitation } from "./issue.ts";
import { appendIssued } from "./issued.ts";

export interface WriteOptions {
  /** The folder of the authority and its journal. */
  readonly dir: string;
  /** The folder for the files. */
  readonly out: string;
  /** Whether files of the same names may be replaced. */
  readonly replace: boolean;
  readonly signal: AbortSignal;
}

/** How often names are chosen again when other programs write into the same folder. */
const ATTEMPTS = 100;

/**
 * Appends the certificates to the journal, and then writes the invitation files, all or none. When
 * they cannot be written, the journal says so too: the keys are gone, and nothing has them.
 *
 * @returns the paths of the files; throws the signal's reason if it aborts before all are written
 * @throws {Fault} "usage" when a folder cannot be used, "internal" when the disk fails
 */
export async function writeInvitations(
  issued: readonly IssuedInvitation[],
  { dir, ...options }: WriteOptions,
): Promise<readonly string[]> {
  appendIssued(
    dir,
    issued.map(({ certificate }) => certificate),
  );
  try {
    return await writeFiles(issued, options);
  } catch (thrown) {
    // Where old files could not be put back, new ones may be in their place.
    if (!isFault(thrown, "filesNotRestored")) {
      withdraw(issued, dir);
    }
    throw thrown;
  }
}

async function writeFiles(
  issued: readonly IssuedInvitation[],
  { out, replace, signal }: Omit<WriteOptions, "dir">,
): Promise<readonly string[]> {
  const names = issued.map(({ certificate }) => certificate.name);
  for (let attempt = 1; ; attempt += 1) {
    const files = nameFiles(names, replace ? [] : filesIn(out)).map((name, index) => ({
      name,
      content: issued[index]?.content ?? "",
      mode: 0o600,
    }));
    try {
      await writeManyTogether(out, files, { replace, signal });
      return files.map(({ name }) => join(out, name));
    } catch (thrown) {
      // Another program has taken a name meanwhile.
      if (!isFault(thrown, "fileExists") || attempt === ATTEMPTS) {
        throw thrown;
      }
    }
  }
}

/** Returns the names of the files in a folder; none if it cannot be read, as when it is absent. */
function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function withdraw(issued: readonly IssuedInvitation[], dir: string): void {
  const withdrawn = new Date().toISOString();
  try {
    appendIssued(
      dir,
      issued.map(({ certificate: { serial } }) => ({ serial, withdrawn })),
    );
  } catch {
    // The failure that came first is the one to report.
  }
}
