import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type NewFile, writeManyTogether } from "../../../src/io/write-together.ts";
import { rejectionOf, summary } from "../../support/faults.ts";
import { type Folder, makeFolder } from "../../support/processes.ts";
import { openFilesBelow } from "../../support/system.ts";

let temporary: Folder;
let place: string;
const umask = process.umask();

beforeEach(() => {
  temporary = makeFolder();
  place = join(temporary.path, "invitations");
});

afterEach(() => {
  process.umask(umask);
  temporary[Symbol.dispose]();
});

const modeOf = (path: string) => statSync(path).mode & 0o777;
const contentOf = (name: string) => readFileSync(join(place, name), "utf8");

describe("many files", () => {
  const many: readonly NewFile[] = Array.from({ length: 200 }, (_, index) => ({
    name: `${index}.txt`,
    content: `new ${index}`,
    mode: 0o600,
  }));
  const writeMany = (files: readonly NewFile[], replace = false) =>
    writeManyTogether(place, files, { replace });

  test("are all written, with their permissions", async () => {
    process.umask(0);
    await writeMany(many);
    expect(readdirSync(place)).toHaveLength(200);
    expect(many.map(({ name }) => contentOf(name))).toEqual(many.map(({ content }) => content));
    expect(new Set(many.map(({ name }) => modeOf(join(place, name))))).toEqual(new Set([0o600]));
    expect(modeOf(place)).toBe(0o700);
    expect(openFilesBelow(place)).toEqual([]);
  });

  test("leave nothing when one cannot be written", async () => {
    const broken = { name: "absent/1.txt", content: "", mode: 0o600 };
    const fault = await rejectionOf(writeMany([...many, broken]));
    expect(summary(fault)).toBe(`internal: cannot write to ${place}: its folder does not exist`);
    expect(existsSync(place)).toBe(false);
    expect(openFilesBelow(place)).toEqual([]);
  });

  test("are put back when one cannot be replaced", async () => {
    await writeMany(many);
    mkdirSync(join(place, "folder"));
    const next = many.map((file) => ({ ...file, content: "newer" }));
    const broken = { name: "folder", content: "", mode: 0o600 };
    expect(summary(await rejectionOf(writeMany([...next, broken], true)))).toEndWith(
      "is a folder, and is not replaced",
    );
    expect(summary(await rejectionOf(writeMany(next)))).toEndWith("exists already");
    expect(many.map(({ name }) => contentOf(name))).toEqual(many.map(({ content }) => content));
    expect(readdirSync(place)).toHaveLength(201);
  });
});
