/**
 * The code blocks of a Markdown page. A comment on the line before a block, which readers do not
 * see, is a mark: it says what a test must know to run the block. docs/examples.md lists the marks.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../processes.ts";

/** The marks' names, each followed by a colon or, for `where`, by the word that it replaces. */
const MARKS = ["before", "where", "file", "not run", "exit", "schema", "ends"] as const;

export interface Mark {
  readonly name: (typeof MARKS)[number];
  readonly value: string;
}

export interface Block {
  /** Such as "docs/intake.md". */
  readonly page: string;
  /** The number of its first line of text. */
  readonly line: number;
  /** The first word after the fence; empty if there is none. */
  readonly language: string;
  readonly lines: readonly string[];
  readonly marks: readonly Mark[];
  /** Whether only empty lines are between this block and the one before it. */
  readonly followsBlock: boolean;
}

/** Returns the Markdown pages whose blocks are tested, as paths from the repository's root. */
export function documentationPages(): readonly string[] {
  const { stdout } = Bun.spawnSync(
    ["git", "ls-files", "-co", "--exclude-standard", "*.md", ":!.github"],
    { cwd: REPOSITORY },
  );
  return stdout.toString().trim().split("\n").sort();
}

/** Returns the blocks of a page, in their order. Throws for a mark that is none. */
export function readBlocks(page: string): readonly Block[] {
  return parseBlocks(page, readFileSync(join(REPOSITORY, page), "utf8"));
}

/** Returns the blocks of a page's text. */
export function parseBlocks(page: string, text: string): readonly Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  let marks: Mark[] = [];
  let followsBlock = false;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const [, indent = "", fence, language = ""] = /^( *)(`{3,})(\w*)/.exec(line) ?? [];
    const [, comment] = /^ *<!-- (.*) -->$/.exec(line) ?? [];
    if (fence !== undefined) {
      const end = lines.indexOf(indent + fence, index + 1);
      if (end < 0) {
        throw new Error(`${page}:${index + 1}: the block has no end`);
      }
      const content = lines.slice(index + 1, end).map((each) => withoutIndent(each, indent));
      blocks.push({ page, line: index + 2, language, lines: content, marks, followsBlock });
      index = end;
      marks = [];
      followsBlock = true;
    } else if (comment !== undefined) {
      marks.push(...readMark(comment, `${page}:${index + 1}`, lines[index + 1]));
    } else if (line.trim() !== "") {
      marks = [];
      followsBlock = false;
    }
  }
  return blocks;
}

/** Returns the values of a block's marks of one name. */
export function marksOf({ marks }: Block, wanted: Mark["name"]): readonly string[] {
  return marks.filter(({ name }) => name === wanted).map(({ value }) => value);
}

function withoutIndent(line: string, indent: string): string {
  return line.startsWith(indent) ? line.slice(indent.length) : line;
}

/** A comment is a mark if a block or another comment is on the next line. */
function readMark(comment: string, where: string, nextLine = ""): readonly Mark[] {
  if (!/^ *(?:```|<!-- )/.test(nextLine)) {
    return [];
  }
  const name = MARKS.find((each) => new RegExp(`^${each}:? +[^ ]`).test(comment));
  if (name === undefined) {
    const names = MARKS.map((each) => `"${each}: …"`).join(", ");
    throw new Error(`${where}: "${comment}" is no mark; marks are ${names}`);
  }
  return [{ name, value: comment.slice(name.length).replace(/^: */, "").trim() }];
}
