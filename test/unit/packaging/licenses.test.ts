import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageLicenses } from "../../../packaging/licenses.ts";
import { makeFolder } from "../../support/processes.ts";

/** A bundle of these files, with the bytes of each that are in it. */
function bundleOf(files: Readonly<Record<string, number>>): Bun.BuildMetafile {
  const inputs = Object.fromEntries(
    Object.entries(files).map(([path, bytesInOutput]) => [path, { bytesInOutput }]),
  );
  return { inputs: {}, outputs: { "main.js": { bytes: 0, inputs, imports: [], exports: [] } } };
}

test("each package in a bundle is named once, with its version and the text of its licence", () => {
  const texts = packageLicenses(
    bundleOf({
      "src/main.ts": 10,
      "node_modules/citty/dist/index.mjs": 10,
      "node_modules/citty/dist/other.mjs": 10,
      "node_modules/@peculiar/x509/build/x509.es.js": 10,
      "node_modules/tsyringe/node_modules/tslib/tslib.es6.js": 10,
      "node_modules/valibot/dist/index.mjs": 0,
    }),
  );

  const titles = texts.map((text) => text.split("\n")[1]);
  expect(titles).toEqual([
    expect.stringMatching(/^@peculiar\/x509 \d/),
    expect.stringMatching(/^citty \d/),
    expect.stringMatching(/^tslib 1\./),
  ]);
  for (const text of texts) {
    expect(text).toMatch(/\bTHE SOFTWARE IS PROVIDED "AS IS"/);
  }
});

test("a package without a licence makes no release", () => {
  using folder = makeFolder();
  const place = join(folder.path, "node_modules/nameless");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), '{ "name": "nameless", "version": "1.0.0" }');
  expect(() => packageLicenses(bundleOf({ [join(place, "index.js")]: 10 }))).toThrow(
    "nameless has no file with its license",
  );
});
