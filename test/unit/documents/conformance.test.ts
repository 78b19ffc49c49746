/**
 * The page that says which test breaks which rule names tests that exist.
 */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../../..");
const [, page = ""] = readFileSync(join(ROOT, "docs/conformance.md"), "utf8").split(
  "\n## The tests of this repository\n",
);
const sources = [...new Bun.Glob("test/**/*.ts").scanSync(ROOT)]
  .map((path) => readFileSync(join(ROOT, path), "utf8"))
  .join("\n");

/** Each row has a rule in its first cell, and the names of tests in code spans in the others. */
const rules = page
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| rule"))
  .map((line) => line.split("|").slice(1, -1));

for (const [rule = "", ...cells] of rules) {
  test(`the tests exist that break the rule "${rule.trim()}"`, () => {
    const tests = [...cells.join().matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

    expect(tests).not.toBeEmpty();
    expect(tests.filter((name) => !sources.includes(name))).toEqual([]);
  });
}
