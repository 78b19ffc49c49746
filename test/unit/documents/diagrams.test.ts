/**
 * The pictures of the diagrams, which `scripts/site --diagrams` draws.
 */
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findDiagrams, sourceComment } from "../../../site/diagrams.ts";
import { REPOSITORY } from "../../support/processes.ts";

const diagrams = findDiagrams();

for (const { path, source } of diagrams) {
  test(`${path} was drawn from its page: if not, run scripts/site --diagrams`, () => {
    expect(readSource(path)).toBe(sourceComment(source));
  });
}

test("no picture is left whose diagram is gone", () => {
  const pictures = readdirSync(join(REPOSITORY, "docs/diagrams")).map(
    (name) => `docs/diagrams/${name}`,
  );
  expect(pictures.sort()).toEqual(diagrams.map(({ path }) => path).sort());
});

/** Returns the comment in a picture, with the source that it was drawn from. */
function readSource(path: string): string | undefined {
  const file = join(REPOSITORY, path);
  return existsSync(file) ? /<!--.*?-->/s.exec(readFileSync(file, "utf8"))?.[0] : undefined;
}
