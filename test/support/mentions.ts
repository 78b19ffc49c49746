/**
 * Flags, variables and commands that the documentation mentions, each with its place.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { documentationPages, parseBlocks } from "./examples/blocks.ts";
import { REPOSITORY } from "./processes.ts";

/** A piece of code in a page: a span in the text, or a line of a block of commands. */
export interface Code {
  /** Such as "docs/intake.md:12". */
  readonly where: string;
  readonly text: string;
}

/** A use of the program: `tlslp solve --bits 20`. */
export interface Invocation extends Code {
  /** The words after `tlslp` up to the first flag or argument that is no word. */
  readonly words: readonly string[];
  readonly flags: readonly string[];
}

export const FLAG = /(?<![\w-])--[a-z][a-z0-9-]*/g;

/** Returns the text of each hand-written page by its path; the reference is generated. */
export function handWrittenPages(): ReadonlyMap<string, string> {
  const pages = documentationPages().filter((page) => page !== "docs/reference.md");
  return new Map(pages.map((page) => [page, readPage(page)]));
}

export function readPage(page: string): string {
  return readFileSync(join(REPOSITORY, page), "utf8");
}

/** Returns the code of a page: spans in the text, and lines of blocks for a shell. */
export function codeOf(page: string, text: string): readonly Code[] {
  const blocks = parseBlocks(page, text).flatMap(({ language, lines, line }) =>
    lines
      .map((each, index) => ({ where: `${page}:${line + index}`, text: each }))
      .filter((each) => language === "sh" || (language === "console" && each.text.startsWith("$ ")))
      .map(({ where, text: command }) => ({ where, text: command.replace(/^\$ | # .*$/g, "") })),
  );
  const prose = text.replaceAll(/^ *```.*?^ *```$/gms, (block) => block.replaceAll(/[^\n]/g, ""));
  // A span may go on in the next line, but not in the next paragraph.
  const spans = Array.from(
    prose.matchAll(/`((?:[^`\n]|\n(?!\n))+)`/g),
    ({ 1: span = "", index }) => ({
      where: `${page}:${lineAt(prose, index)}`,
      text: span.replaceAll("\n", " "),
    }),
  );
  return [...blocks, ...spans];
}

/** Returns the number of the line at an index of a text. */
function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

/** Returns the uses of the program in a piece of code: there may be several, joined by pipes. */
export function invocationsIn({ where, text }: Code): readonly Invocation[] {
  const parts = text.split(/&&|\|\||[|;()]|<\(/);
  return parts.flatMap((part) => {
    const [, rest] = /(?:^|.*\s)tlslp (.*)$/.exec(part.trimEnd()) ?? [];
    if (rest === undefined) {
      return [];
    }
    const end = rest.split(/ -- /)[0] ?? "";
    const words = end.split(/ +/);
    const stop = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
    return [
      {
        where,
        text: `tlslp ${rest}`,
        words: stop < 0 ? words : words.slice(0, stop),
        flags: end.match(FLAG) ?? [],
      },
    ];
  });
}

/** A match of a pattern in a page. */
export interface Mention extends Code {
  /** The texts of the pattern's groups. */
  readonly groups: readonly string[];
}

/** Returns all matches of a pattern in the hand-written pages. */
export function mentionsOf(pattern: RegExp): readonly Mention[] {
  return [...handWrittenPages()].flatMap(([page, text]) =>
    Array.from(text.matchAll(pattern), (match) => ({
      where: `${page}:${lineAt(text, match.index)}`,
      text: match[0],
      groups: match.slice(1).map(String),
    })),
  );
}

export interface Table {
  readonly where: string;
  /** The cells of each row below the heading. */
  readonly rows: readonly (readonly string[])[];
}

/** Returns the tables of the hand-written pages whose first heading matches. */
export function tablesWith(heading: RegExp): readonly Table[] {
  return mentionsOf(/^\|([^|\n]+)\|.*\n\|[ :|-]+\n((?:\|.*\n?)+)/gm)
    .filter(({ groups: [head = ""] }) => heading.test(head.trim()))
    .map(({ where, groups: [, body = ""] }) => ({
      where,
      rows: body
        .trim()
        .split("\n")
        .map((row) =>
          row
            .split("|")
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ),
    }));
}
