/**
 * Checks the comments and the Markdown of the repository against the rules that a machine can see:
 * no line over 100 columns, and none of the words below. Prints `file:line: problem` and exits 1
 * when it finds any. Help texts are checked in docs/reference.md, which contains all of them.
 *
 *   bun scripts/prose.ts           all files
 *   bun scripts/prose.ts PATH...   the files at or below these paths
 */
import { readFileSync } from "node:fs";

const MAX_COLUMNS = 100;

/** Words that make a sentence hard to read, mostly for want of a subject or a noun. */
const AVOID: readonly RegExp[] = [
  "whoever|whomever|whom|nobody|somebody|anew",
  "(?:of|for|by) it",
  "(?:of|by|for|from|than|to|with) who",
  "(?:of|by|than|behind|beside|beyond) what",
  "so many(?! that)",
  "but for",
  "to be had",
  "stands",
  "behind(?! an? (?:proxy|load balancer|NAT|firewall))",
].map((words) => new RegExp(String.raw`\b(?:${words.replaceAll(" ", "[ \\n]")})\b`, "gi"));

/** A sentence that begins with a noun clause ("What a client sent is…"). A question may. */
const NOUN_CLAUSE = /(?<=^|\f\n|\n\n|[.:;][ \n])(?:What|Who|Whose|Whom)\b(?![^.?]*\?)/g;

/** Fills lines without prose in a text for search, so that no sentence spans them. */
const NO_PROSE = "\f";

/** Returns the problems in a file's prose, as "line: problem", in the order of the lines. */
export function checkProse(path: string, text: string): readonly string[] {
  const lines = text.split("\n");
  const prose = proseReader(path);
  if (prose === undefined) {
    return [];
  }
  const texts = lines.map((line) => prose(line));
  const problems: [line: number, problem: string][] = [];
  for (const [index, line] of lines.entries()) {
    const columns = [...line].length;
    if (columns > MAX_COLUMNS && texts[index] !== undefined && !mayBeLong(line)) {
      problems.push([index + 1, `${columns} columns, at most ${MAX_COLUMNS}`]);
    }
  }
  const searched = texts.map((found) => found ?? NO_PROSE).join("\n");
  for (const pattern of [...AVOID, NOUN_CLAUSE]) {
    for (const { 0: words, index } of searched.matchAll(pattern)) {
      const line = searched.slice(0, index).split("\n").length;
      problems.push([line, `avoid "${words.replace("\n", " ")}"`]);
    }
  }
  return problems.toSorted(([a], [b]) => a - b).map(([line, problem]) => `${line}: ${problem}`);
}

/** Tables and links cannot be wrapped. */
function mayBeLong(line: string): boolean {
  return line.startsWith("|") || line.includes("://") || line.includes("](");
}

type ProseReader = (line: string) => string | undefined;

/** Returns a function that takes a file's lines in order and returns the prose of each, if any. */
function proseReader(path: string): ProseReader | undefined {
  if (path.endsWith(".md")) {
    return markdownReader();
  }
  if (/\.(?:ts|mjs|c|cpp|h)$/.test(path)) {
    return blockCommentReader();
  }
  if (path.endsWith(".txt")) {
    // In command scripts, which also hold the output of programs, a comment has its own line.
    return (line) => /^#(?: (.*))?$/.exec(line)?.slice(1).join("");
  }
  const isScript = /\.(?:sh|py|cmake|awk|gp|toml|yml|yaml|service)$|\/[^.]+$|^\.\w+$/.test(path);
  return isScript ? (line) => /^(?:|.*\s)#(?: (.*))?$/.exec(line)?.slice(1).join("") : undefined;
}

function markdownReader(): ProseReader {
  let isCode = false;
  return (line) => {
    const isFence = line.trimStart().startsWith("```");
    isCode = isFence !== isCode;
    return isFence || isCode ? undefined : withoutCode(line.trim());
  };
}

/** Reads comments as in C, not in strings. A string with ` // ` within is taken for a comment. */
function blockCommentReader(): ProseReader {
  let isBlock = false;
  return (line) => {
    const [, opened] = /^\s*\/\*\*?(.*)$/.exec(line) ?? [];
    if (!isBlock && opened === undefined) {
      const [, comment] = /(?:^|[\s;{}(),])\/\/ ?(.*)$/.exec(line) ?? [];
      return comment === undefined ? undefined : withoutCode(comment);
    }
    const text = opened ?? line.replace(/^\s*\*(?!\/)/, "");
    isBlock = !text.includes("*/");
    return withoutCode(text.replace(/\*\/.*$/, "").trim());
  };
}

function withoutCode(text: string): string {
  return text.replace(/`[^`]*`|"[^"]*"/g, "``");
}

if (import.meta.main) {
  const wanted = process.argv.slice(2);
  const { stdout } = Bun.spawnSync(["git", "ls-files", "-co", "--exclude-standard", ...wanted]);
  let failed = false;
  for (const path of stdout.toString().trim().split("\n")) {
    for (const problem of checkProse(path, readFileSync(path, "utf8"))) {
      failed = true;
      process.stdout.write(`${path}:${problem}\n`);
    }
  }
  process.exit(failed ? 1 : 0);
}
