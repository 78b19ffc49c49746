import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../../src/io/write-whole.ts";
import { rejectionOf, summary } from "../../support/faults.ts";
import { type Folder, makeFolder } from "../../support/processes.ts";

let folder: Folder;
let path: string;
const umask = process.umask();

beforeEach(() => {
  folder = makeFolder();
  path = join(folder.path, "out.csv");
});

afterEach(() => {
  process.umask(umask);
  folder[Symbol.dispose]();
});

async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

async function* broken(): AsyncGenerator<string> {
  yield "half";
  throw new Error("the source failed");
}

const refusal = async (target: string) =>
  summary(await rejectionOf(writeWhole(target, pieces("new"))));

describe("a file written as a whole", () => {
  test("has all pieces, and is its owner's alone", async () => {
    process.umask(0);
    await writeWhole(path, pieces("a", "", "ü\n"));
    expect(readFileSync(path, "utf8")).toBe("aü\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder.path)).toEqual(["out.csv"]);
  });

  test("replaces one that is there, with its permissions", async () => {
    writeFileSync(path, "old");
    chmodSync(path, 0o644);
    await writeWhole(path, pieces("new"));
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("can be for everybody, whatever the umask", async () => {
    process.umask(0o077);
    await writeWhole(path, pieces("new"), 0o644);
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });

  test("is not seen before its end", async () => {
    writeFileSync(path, "old");
    async function* watched(): AsyncGenerator<string> {
      yield "new";
      expect(readFileSync(path, "utf8")).toBe("old");
      yield "er";
    }
    await writeWhole(path, watched());
    expect(readFileSync(path, "utf8")).toBe("newer");
  });

  test("leaves nothing when its source fails", async () => {
    const failure = await writeWhole(path, broken()).catch((thrown: unknown) => thrown);
    expect(String(failure)).toBe("Error: the source failed");
    expect(readdirSync(folder.path)).toEqual([]);
    writeFileSync(path, "old");
    await writeWhole(path, broken()).catch(() => undefined);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder.path)).toEqual(["out.csv"]);
  });

  test("is written where a link leads", async () => {
    const target = join(folder.path, "target");
    writeFileSync(target, "old");
    symlinkSync(target, path);
    await writeWhole(path, pieces("new"));
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, "utf8")).toBe("new");
  });

  test("never takes the place of a folder or a device", async () => {
    mkdirSync(path);
    expect(await refusal(path)).toBe(`usage: ${path} is a folder`);
    expect(await refusal("/dev/null")).toStartWith("usage: /dev/null is not a regular file");
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  test("must have a path that can be written", async () => {
    const missing = join(folder.path, "no/such/folder.csv");
    expect(await refusal(missing)).toBe(
      `usage: cannot write ${missing}: its folder does not exist`,
    );
    writeFileSync(path, "");
    const below = join(path, "file");
    expect(await refusal(below)).toBe(
      `usage: cannot write ${below}: a part of its path is not a folder`,
    );
    expect(await refusal("/dev/full/x")).toBe(
      "usage: cannot write /dev/full/x: a part of its path is not a folder",
    );
  });
});
