/**
 * The rules quote the page of the protocol, word by word.
 */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CLIENT_RULES } from "../../../src/conform/client-rules.ts";
import { PAGE } from "../../../src/conform/rule.ts";
import { SERVER_RULES } from "../../../src/conform/server-rules.ts";
import { REPOSITORY } from "../../support/processes.ts";

const page = readFileSync(join(REPOSITORY, PAGE), "utf8");
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = ""] = section.split("\n", 1);
      return [heading.toLowerCase().replaceAll(" ", "-"), wordsOf(section)];
    }),
);

const TABLES = { server: SERVER_RULES, client: CLIENT_RULES };
for (const [side, rules] of Object.entries(TABLES)) {
  describe(`each rule of a ${side}`, () => {
    for (const rule of rules) {
      test(`${rule.id} is on the page`, () => {
        expect(sections.get(rule.section)).toContain(rule.quote);
      });
    }

    test("has a name of its own", () => {
      const ids = rules.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.filter((id) => !/^[a-z0-9-]+$/.test(id.replace(`${side}/`, "")))).toEqual([]);
    });

    test("is tried in a way of its own", () => {
      const acts = rules.map(({ act }) => act);
      expect(new Set(acts).size).toBe(acts.length);
    });
  });
}

/** Returns a text without the marks of Markdown, and the cells of a table with commas between. */
function wordsOf(markdown: string): string {
  return markdown
    .replace(/^\| | \|$/gm, "")
    .replaceAll(" | ", ", ")
    .replace(/`|\*\*/g, "")
    .replace(/\s+/g, " ");
}
