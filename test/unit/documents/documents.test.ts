import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { committedDocuments, generateDocuments } from "../../../scripts/documents/documents.ts";

const ROOT = join(import.meta.dir, "../../..");
const documents = await generateDocuments();

for (const [path, text] of documents) {
  test(`${path} is what scripts/generate writes`, () => {
    expect(readFileSync(join(ROOT, path), "utf8")).toBe(text);
  });
}

test("no document is left that scripts/generate no longer writes", () => {
  expect(committedDocuments(ROOT).filter((path) => !documents.has(path))).toEqual([]);
});
