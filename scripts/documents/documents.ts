/**
 * The documents that are made from declarations, so that they cannot disagree with the program.
 * They are committed, for those who read the repository or package a release; a test holds that they
 * are what would be generated.
 */
import { describeCommands } from "../../src/program.ts";
import { commandPage, programPage } from "./manual.ts";
import { referencePage } from "./reference.ts";
import { schemaFiles } from "./schemas.ts";

/** Paths from the repository's root, and what belongs there. */
export async function generateDocuments(): Promise<ReadonlyMap<string, string>> {
  const commands = await describeCommands();
  return new Map([
    ["docs/reference.md", referencePage(commands)],
    ...schemaFiles(),
    ["man/tlslp.1", programPage(commands)],
    ...commands.map((command) => [`man/tlslp-${command.name}.1`, commandPage(command)] as const),
  ]);
}

/** What lies in the folders that hold nothing else, by paths from the repository's root. */
export function committedDocuments(root: string): readonly string[] {
  return [...new Bun.Glob("{man,docs/schema}/*").scanSync(root)];
}
