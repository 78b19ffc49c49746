import { describe, expect, test } from "bun:test";
import { checkProse } from "../../../scripts/prose.ts";

const LONG = "a".repeat(101);
/** Apart from the text after it, so that the check does not find that text in this file. */
const SLASHES = "//";

describe("words to avoid are found", () => {
  test.each([
    ["a.ts", "/** Returns a line.\n * Nobody reads it. */", '2: avoid "Nobody"'],
    ["a.ts", `call(); ${SLASHES} told to whoever asks`, '1: avoid "whoever"'],
    ["a.ts", "/* the size of\n * it */", '1: avoid "of it"'],
    ["a.ts", "/** What the peer sent. */", '1: avoid "What"'],
    ["a.h", "// The lock\n// stands open.", '2: avoid "stands"'],
    ["scripts/build", "#!/usr/bin/env bash\nrun # for it", '2: avoid "for it"'],
    ["cpp/a.cmake", "# so many of them", '1: avoid "so many"'],
    ["a.md", "# Title\n\n- sent by who knows", '3: avoid "by who"'],
    ["a.md", "| a | behind |", '1: avoid "behind"'],
  ])("in %s: %p", (path, text, problem) => {
    expect(checkProse(path, text)).toEqual([problem]);
  });
});

describe("lines that are too long are found", () => {
  test.each([
    ["a.ts", `// ${LONG}`, 104],
    ["a.ts", `/**\n * ${LONG}\n */`, 104],
    ["a.md", LONG, 101],
    ["a.sh", `# ${LONG}`, 103],
  ])("in %s: %#", (path, text, columns) => {
    expect(checkProse(path, text).join()).toMatch(
      RegExp(String.raw`^\d: ${columns} columns, at most 100$`),
    );
  });

  test("by characters, not bytes", () => {
    expect(checkProse("a.md", "ü".repeat(100))).toEqual([]);
  });
});

test.each([
  ["a question", "a.ts", "// What is a hit? A candidate that solves the puzzle."],
  ["a heading", "a.md", "## What it does"],
  ["code", "a.ts", 'const nobody = "for it"; const url = "http://of.it";'],
  ["code in Markdown", "a.md", `\`whoever\`\n\n\`\`\`sh\necho nobody ${LONG}\n\`\`\``],
  ["a field's word", "a.md", "The server runs behind a proxy."],
  ["a table or a link that is long", "a.md", `| ${LONG} |\n[page](${LONG})`],
  ["words of two paragraphs", "a.md", "It consists of\n\nit"],
  ["a file without prose", "a.json", `{ "nobody": "${LONG}" }`],
])("%s is no problem", (_, path, text) => {
  expect(checkProse(path, text)).toEqual([]);
});
