/**
 * The documents that are generated from declarations, so that they agree with the program. They
 * are committed for readers of the repository and for packagers; a test checks that they are
 * current.
 */
import { commandsOf } from "../../src/cli/group.ts";
import { describeCommands } from "../../src/program.ts";
import { commandPage, pageName, programPage } from "./manual.ts";
import { referencePage } from "./reference.ts";
import { schemaFiles } from "./schemas.ts";

/** Returns the text of each document by its path from the repository's root. */
export async function generateDocuments(): Promise<ReadonlyMap<string, string>> {
  const commands = (await describeCommands()).flatMap((command) =>
    "members" in command ? commandsOf(command) : [command],
  );
  return new Map([
    ["docs/reference.md", referencePage(commands)],
    ...schemaFiles(),
    ["man/tlslp.1", programPage(commands)],
    ...commands.map((command) => [`man/${pageName(command)}.1`, commandPage(command)] as const),
  ]);
}

/** Returns the paths of all files in the folders that hold only generated documents. */
export function committedDocuments(root: string): readonly string[] {
  return [...new Bun.Glob("{man,docs/schema}/*").scanSync(root)];
}
