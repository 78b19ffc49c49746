/**
 * The examples in the documentation, for tests that run them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./processes.ts";

export const DOCS = join(REPOSITORY, "docs");

/** Returns the code blocks in a language of a page of docs/, in their order. */
export function codeBlocks(page: string, language: string): readonly string[] {
  const blocks = readFileSync(join(DOCS, page), "utf8").matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return Array.from(blocks)
    .filter(([, name]) => name === language)
    .map(([, , code = ""]) => code);
}
