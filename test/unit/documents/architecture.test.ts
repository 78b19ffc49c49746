/**
 * docs/architecture.md lists the folders of src/ and draws their imports as they are.
 */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { DOCS } from "../../support/docs.ts";
import { REPOSITORY } from "../../support/processes.ts";

const SOURCES = join(REPOSITORY, "src");
const PAGE = readFileSync(join(DOCS, "architecture.md"), "utf8");

const folders = readdirSync(SOURCES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const arrows = readArrows();

test("the page lists every folder", () => {
  const listed = [...PAGE.matchAll(/^ {2}(\w+)\/ /gm)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual(folders.toSorted());
});

for (const folder of folders) {
  test(`the imports of ${folder}/ follow the arrows, and each arrow is an import`, () => {
    const imported = importedFolders(folder);
    const reachable = reachableFrom(folder);

    expect(imported.difference(reachable)).toEqual(new Set());
    expect(new Set(arrows.get(folder)).difference(imported)).toEqual(new Set());
    expect(reachable).not.toContain(folder);
  });
}

test("the files that the page names exist", () => {
  const names = [...PAGE.matchAll(/`([\w/.-]+\.(?:ts|cpp|h|cmake))`/g)].map(
    ([, name]) => `/${name}`,
  );
  const paths = [...new Bun.Glob("{src,cpp,test}/**").scanSync(REPOSITORY)].map(
    (path) => `/${path}`,
  );

  expect(names).not.toBeEmpty();
  expect(names.filter((name) => !paths.some((path) => path.endsWith(name)))).toEqual([]);
});

/** The arrows of the diagram: `a --> b & c` has two. */
function readArrows(): ReadonlyMap<string, readonly string[]> {
  const lines = PAGE.matchAll(/^ {2}(\w+) --> (.+)$/gm);
  return new Map([...lines].map(([, from = "", to = ""]) => [from, to.split(" & ")]));
}

function reachableFrom(folder: string, found = new Set<string>()): Set<string> {
  for (const next of arrows.get(folder) ?? []) {
    if (!found.has(next)) {
      reachableFrom(next, found.add(next));
    }
  }
  return found;
}

/** The other folders whose files are imported, also through a file that is in none. */
function importedFolders(folder: string): Set<string> {
  const files = [...new Bun.Glob(`${folder}/**/*.ts`).scanSync(SOURCES)];
  const found = new Set<string>();
  const seen = new Set(files);
  for (let path = files.pop(); path !== undefined; path = files.pop()) {
    for (const imported of importsOf(path)) {
      const [top = "", ...rest] = imported.split("/");
      if (rest.length > 0 && top !== folder) {
        found.add(top);
      } else if (rest.length === 0 && !seen.has(imported)) {
        seen.add(imported);
        files.push(imported);
      }
    }
  }
  return found;
}

/** The files of src/ that a file imports, for types too. */
function importsOf(path: string): readonly string[] {
  const text = readFileSync(join(SOURCES, path), "utf8");
  return [...text.matchAll(/(?:from |import\(|import )"(\.[^"]+)"/g)]
    .map(([, relative = ""]) => normalize(join(path, "..", relative)))
    .filter((imported) => !imported.startsWith(".."));
}
