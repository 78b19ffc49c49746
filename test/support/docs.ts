/**
 * The folder of the documentation, and the code blocks in it.
 */
import { join } from "node:path";
import { readBlocks } from "./examples/blocks.ts";
import { REPOSITORY } from "./processes.ts";

export const DOCS = join(REPOSITORY, "docs");

/** Returns the code blocks in a language of a page of docs/, in their order. */
export function codeBlocks(page: string, language: string): readonly string[] {
  return readBlocks(`docs/${page}`)
    .filter((block) => block.language === language)
    .map(({ lines }) => `${lines.join("\n")}\n`);
}
