import { expect, test } from "bun:test";
import { renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { watchFiles } from "../../../src/io/file-watch.ts";
import { type Folder, makeFolder, run } from "../../support/processes.ts";

interface Sample extends Folder {
  readonly file: string;
}

function makeSample(): Sample {
  const folder = makeFolder();
  const file = join(folder.path, "crl.pem");
  writeFileSync(file, "one");
  return { ...folder, file };
}

test("a file that stays as it is has not changed", () => {
  using sample = makeSample();
  const watch = watchFiles([sample.file]);

  expect(watch.hasChanged()).toBe(false);
  expect(watch.hasChanged()).toBe(false);
});

test("a change is noticed once", () => {
  using sample = makeSample();
  const watch = watchFiles([sample.file]);

  writeFileSync(sample.file, "longer");

  expect(watch.hasChanged()).toBe(true);
  expect(watch.hasChanged()).toBe(false);
});

test("another file of the same size and time is a change", () => {
  using sample = makeSample();
  const { atime, mtime } = statSync(sample.file);
  const watch = watchFiles([sample.file]);

  writeFileSync(`${sample.file}.new`, "two");
  utimesSync(`${sample.file}.new`, atime, mtime);
  renameSync(`${sample.file}.new`, sample.file);

  expect(watch.hasChanged()).toBe(true);
});

test("a link that leads to another file is a change", () => {
  using sample = makeSample();
  const [link, other] = ["link", "other"].map((name) => join(sample.path, name)) as [
    string,
    string,
  ];
  writeFileSync(other, "one");
  symlinkSync(sample.file, link);
  const watch = watchFiles([link]);

  rmSync(link);
  symlinkSync(other, link);

  expect(watch.hasChanged()).toBe(true);
});

test("the file that goes, and the file that comes, are changes", () => {
  using sample = makeSample();
  const watch = watchFiles([join(sample.path, "none"), sample.file]);

  rmSync(sample.file);
  expect(watch.hasChanged()).toBe(true);
  expect(watch.hasChanged()).toBe(false);
  writeFileSync(sample.file, "one");
  expect(watch.hasChanged()).toBe(true);
});

test("a pipe never changes, because it can be read only once", async () => {
  using folder = makeFolder();
  const pipe = join(folder.path, "pipe");
  await run(["mkfifo", pipe]);
  const watch = watchFiles([pipe]);

  utimesSync(pipe, 1, 1);

  expect(watch.hasChanged()).toBe(false);
});
