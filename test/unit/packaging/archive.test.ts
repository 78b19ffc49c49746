import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packFolder } from "../../../packaging/archives/archive.ts";
import { makeFolder } from "../../support/processes.ts";

const scratch = makeFolder();
afterAll(() => scratch[Symbol.dispose]());

const before = process.env["SOURCE_DATE_EPOCH"];
beforeAll(() => {
  process.env["SOURCE_DATE_EPOCH"] = "1700000000";
});
afterAll(() => {
  if (before === undefined) {
    delete process.env["SOURCE_DATE_EPOCH"];
  } else {
    process.env["SOURCE_DATE_EPOCH"] = before;
  }
});

/** Packs the same files from a folder of its own, with other times and permissions. */
function pack(place: string, extension: string, time: number, mode: number): Buffer {
  const folder = join(scratch.path, place, "tlslp-1-test");
  mkdirSync(join(folder, "man"), { recursive: true });
  for (const name of ["tlslp", "README.md", "man/tlslp.1"]) {
    writeFileSync(join(folder, name), `the text of ${name}`);
    chmodSync(join(folder, name), mode);
    utimesSync(join(folder, name), time, time);
  }
  const archive = join(scratch.path, place, `archive.${extension}`);
  packFolder(folder, archive);
  return readFileSync(archive);
}

for (const extension of ["tar.xz", "zip"]) {
  test(`the same files give the same ${extension} archive, in any folder and on any day`, () => {
    const one = pack(`one-${extension}`, extension, 1_000_000_000, 0o600);
    const other = pack(`other-${extension}`, extension, 1_600_000_000, 0o644);

    expect(one.length).toBeGreaterThan(100);
    expect(one.equals(other)).toBe(true);
  });
}
