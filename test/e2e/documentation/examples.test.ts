/**
 * The examples in the documentation: commands, programs and JSON, as docs/examples.md describes.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documentationPages, parseBlocks, readBlocks } from "../../support/examples/blocks.ts";
import { isRun, programName } from "../../support/examples/commands.ts";
import { installLibrary, installPackage } from "../../support/examples/package.ts";
import { isExample, runPage } from "../../support/examples/page.ts";
import { makeFolder, REPOSITORY, run } from "../../support/processes.ts";

setDefaultTimeout(120_000);

const LANGUAGES = [
  ...["sh", "console", "ts", "c", "python", "json"],
  // These are only shown; the text after a block that is run is its output.
  ...["text", "diff", "mermaid", "yaml", "ini", "toml", "Dockerfile"],
];

const pages = new Map(documentationPages().map((page) => [page, readBlocks(page)]));
const blocks = [...pages.values()].flat();
const project = makeFolder();
const modules = join(project.path, "node_modules");
let variables = {};

beforeAll(async () => {
  await installPackage(project.path);
  if (process.platform === "linux") {
    variables = await installLibrary(join(project.path, "prefix"));
  }
});
afterAll(() => project[Symbol.dispose]());

test("every block names a language that is known", () => {
  const unknown = blocks.filter(({ language }) => !LANGUAGES.includes(language));
  expect(unknown.map(({ page, line, language }) => `${page}:${line - 1}: ${language}`)).toEqual([]);
});

describe.skipIf(process.platform !== "linux")("the examples do what the page says", () => {
  for (const [page, found] of pages) {
    if (found.some((block) => isExample(block) && (isRun(block) || block.language === "json"))) {
      test(page, () => runPage(found, { modules, variables }));
    }
  }
});

/** A page with each kind of block and each mark, all right. */
const RIGHT = `
<!-- file: names.txt -->
\`\`\`text
Ann
\`\`\`

<!-- before: echo Bob >>names.txt -->
<!-- where NAME: tail -n 1 names.txt -->
<!-- exit: 6 -->
\`\`\`sh
greeting="hello
NAME"    # a command of two lines
echo "$greeting"; (exit 6)
\`\`\`

\`\`\`text
hello
…b
\`\`\`

\`\`\`console
$ echo "$greeting" | head -n 1
hello
$ echo one; echo two >&2
two
one
\`\`\`

\`\`\`python
# three.py
print(3)
\`\`\`

\`\`\`text
3
\`\`\`

\`\`\`c
// version.c
#include <stdio.h>
#include <tlslp/search.h>
int main(void) { printf("%d\\n", tlslp_abi_version() == TLSLP_ABI_VERSION); }
\`\`\`

\`\`\`text
1
\`\`\`

\`\`\`sh
tlslp certs
tlslp server --store none --port 1234
\`\`\`

<!-- ends: servers -->
\`\`\`console
$ tlslp server --store none --port 1234
listening on localhost:1234
\`\`\`

<!-- not run: it fails -->
\`\`\`sh
false
\`\`\`
`;

test.skipIf(process.platform !== "linux")("a page with all kinds of blocks passes", () =>
  runPage(parseBlocks("page", RIGHT), { modules, variables }),
);

describe.skipIf(process.platform !== "linux")("a page fails where it is wrong:", () => {
  const server = "tlslp certs >paths && tlslp server --insecure --store none --port 1234";
  for (const [what, text, failure] of [
    ["the output", "```sh\necho a; echo b\n```\n\n```text\na\n```", /^page:2: echo a; echo b\n/],
    [
      "a command's output in a session",
      "```console\n$ true\n$ echo a\nb\n```",
      /^page:3: echo a\n/,
    ],
    [
      "the exit code",
      "```sh\ntrue\nfalse\n```",
      /^page:3: false\n-- expected exit 0\n-- seen exit 1\n/,
    ],
    [
      "a server's output",
      `\`\`\`console\n$ ${server}\nhello\n\`\`\``,
      /^page:2: .*\n-- expected exit 0\nhello\n-- seen exit 0\n/,
    ],
    ["a command after a server", `\`\`\`sh\n${server}\ntrue\n\`\`\``, /another block$/],
    ["JSON", "```json\n{\n```", /^page:2: not JSON/],
    ["a schema", "<!-- schema: questions -->\n```json\n[]\n```", /^page:3: not as docs\/schema/],
    ["a mark", "<!-- not run: -->\n```sh\nfalse\n```", /^page:1: "not run:" is no mark/],
    ["the end of a command", "```sh\necho 'a\n```", /^page:2: bash finds no end/],
  ] as const) {
    test(what, async () => {
      const run = async () => runPage(parseBlocks("page", text), { modules, variables });
      await expect(run()).rejects.toThrow(failure);
    });
  }
});

test("all programs agree with the package's types, and a misspelt option does not", async () => {
  for (const block of blocks.filter((each) => each.language === "ts" && isExample(each))) {
    const folder = join(project.path, "programs", block.page);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, programName(block)), block.lines.join("\n"));
  }
  const typo = 'import { solve } from "tlslp";\nawait solve("token", 8, { thread: 1 });\n';
  writeFileSync(join(project.path, "typo.ts"), typo);
  const compilerOptions = { strict: true, noEmit: true, module: "preserve", types: ["bun"] };
  writeFileSync(join(project.path, "tsconfig.json"), JSON.stringify({ compilerOptions }));

  const tsc = join(REPOSITORY, "node_modules/.bin/tsc");
  const { stdout } = await run([process.execPath, tsc, "-p", project.path]);

  expect(stdout.trim().split("\n")).toEqual([expect.stringMatching(/typo\.ts.*'thread'/)]);
});
