/**
 * Prints the section of CHANGELOG.md for a version, as notes of its release. Fails when there is
 * none, or when the version is not the one in package.json.
 *
 *   bun packaging/notes.ts VERSION
 */
import { readFileSync } from "node:fs";
import { VERSION } from "./project.ts";

/** Returns the text below a version's heading. Throws an error when it is empty or missing. */
export function notesOf(version: string, changelog: string): string {
  const heading = `\n## [${version}]`;
  const begin = changelog.indexOf(heading);
  const [, text = ""] =
    begin === -1
      ? []
      : (/^\n## \[[^\n]*\n([\s\S]*?)(?=\n## |\n\[[^\]]+\]: |$(?![\s\S]))/.exec(
          changelog.slice(begin),
        ) ?? []);
  if (text.trim() === "") {
    throw new Error(`CHANGELOG.md has no section for ${version}`);
  }
  return `${text.trim()}\n`;
}

if (import.meta.main) {
  const [version = ""] = process.argv.slice(2);
  if (version !== VERSION) {
    throw new Error(`the version "${version}" is not ${VERSION}, the one in package.json`);
  }
  process.stdout.write(notesOf(version, readFileSync("CHANGELOG.md", "utf8")));
}
