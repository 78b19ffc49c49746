import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Fault } from "../../../src/fault/fault.ts";
import { openLogFile } from "../../../src/log/file.ts";
import { faultOf, summary } from "../../support/faults.ts";
import { type Folder, makeFolder } from "../../support/processes.ts";
import { openFilesBelow } from "../../support/system.ts";

let folder: Folder;
let path: string;
let faults: Fault[];

beforeEach(() => {
  folder = makeFolder();
  path = join(folder.path, "log");
  faults = [];
});
afterEach(() => folder[Symbol.dispose]());

function open(maxSize = 0) {
  return openLogFile(path, { maxSize, onUnrotated: (fault) => faults.push(fault) });
}

const contentOf = (name: string) => readFileSync(join(folder.path, name), "utf8");
const contents = () =>
  Object.fromEntries(readdirSync(folder.path).map((name) => [name, contentOf(name)]));

/** Returns the open files, when they are those expected: the queue closes its file in a thread. */
async function openFiles(expected: readonly string[]): Promise<readonly string[]> {
  for (let tries = 0; tries < 2000; tries += 1) {
    if (openFilesBelow(folder.path).length === expected.length) {
      break;
    }
    await Bun.sleep(10);
  }
  return openFilesBelow(folder.path);
}

describe("a file that another program moves away", () => {
  test("is written to until it is opened again", () => {
    const file = open();
    file.write("one\n");
    renameSync(path, join(folder.path, "moved"));
    file.write("two\n");
    file.reopen();
    file.write("three\n");
    file.close();
    expect(contents()).toEqual({ moved: "one\ntwo\n", log: "three\n" });
  });

  test("goes on when it is opened again without being moved", () => {
    const file = open();
    file.write("one\n");
    file.reopen();
    file.write("two\n");
    file.close();
    expect(contents()).toEqual({ log: "one\ntwo\n" });
  });

  test("stays in use as long as no other can be opened", async () => {
    const file = open();
    renameSync(path, join(folder.path, "moved"));
    mkdirSync(path);
    for (let tries = 0; tries < 3; tries += 1) {
      const fault = faultOf(() => file.reopen());
      expect(summary(fault)).toBe(`usage: the log file ${path} cannot be opened: it is a folder`);
    }
    file.write("old\n");
    rmdirSync(path);
    file.reopen();
    file.write("new\n");
    expect(contents()).toEqual({ moved: "old\n", log: "new\n" });
    expect(await openFiles([path])).toEqual([path]);
    file.close();
  });

  test("leaves nothing open, however often it is opened again", async () => {
    const file = open();
    for (let times = 0; times < 10; times += 1) {
      file.reopen();
    }
    expect(await openFiles([path])).toEqual([path]);
    file.close();
    expect(await openFiles([])).toEqual([]);
  });
});

describe("a file that grows to its largest size", () => {
  test("is rotated before the line that would not fit, and two old ones are kept", () => {
    const file = open(10);
    for (const line of ["one 1\n", "two 2\n", "three\n", "4\n", "5\n", "6\n", "seven\n"]) {
      file.write(line);
    }
    file.close();
    expect(contents()).toEqual({ "log.2": "two 2\n", "log.1": "three\n4\n5\n", log: "6\nseven\n" });
  });

  test("may be exactly as large as allowed", () => {
    const file = open(4);
    file.write("one\n");
    expect(contents()).toEqual({ log: "one\n" });
    file.write("2\n");
    file.close();
    expect(contents()).toEqual({ "log.1": "one\n", log: "2\n" });
  });

  test("gets a line that is larger by itself", () => {
    const file = open(4);
    file.write("a long line\n");
    file.write("2\n");
    file.close();
    expect(contents()).toEqual({ "log.1": "a long line\n", log: "2\n" });
  });

  test("counts the bytes that were there before", () => {
    writeFileSync(path, "before\n");
    const file = open(10);
    file.write("after\n");
    file.close();
    expect(contents()).toEqual({ "log.1": "before\n", log: "after\n" });
  });

  test("is made for its owner alone every time", () => {
    const file = open(4);
    file.write("one\n");
    file.write("two\n");
    file.close();
    expect([path, `${path}.1`].map((name) => statSync(name).mode & 0o777)).toEqual([0o600, 0o600]);
  });

  test("is rotated in its folder when a symbolic link leads to it", () => {
    const link = join(folder.path, "link");
    symlinkSync("log", link);
    const file = openLogFile(link, { maxSize: 4, onUnrotated: expect.unreachable });
    file.write("one\n");
    file.write("two\n");
    file.close();
    expect(contents()).toEqual({ "log.1": "one\n", log: "two\n", link: "two\n" });
  });

  test("is not rotated again when another process has just done that", () => {
    const [ours, theirs] = [open(20), open(20)];
    ours.write("ours 1\n");
    theirs.write("theirs 1\n");
    for (const line of ["ours 2\n", "ours 3\n"]) {
      ours.write(line);
    }
    theirs.write("theirs 2\n");
    theirs.write("theirs 3\n");
    expect(contents()).toEqual({
      "log.1": "ours 1\ntheirs 1\nours 2\ntheirs 2\n",
      log: "ours 3\ntheirs 3\n",
    });
    ours.close();
    theirs.close();
  });

  test("is not rotated when it was emptied in place", () => {
    const file = open(8);
    file.write("one\n");
    truncateSync(path);
    file.write("three\n");
    file.close();
    expect(contents()).toEqual({ log: "three\n" });
  });

  test("grows on where it cannot be renamed, and reports that once for each such size", () => {
    mkdirSync(join(folder.path, "log.2", "full"), { recursive: true });
    writeFileSync(join(folder.path, "log.1"), "old\n");
    const file = open(8);
    for (let line = 0; line < 6; line += 1) {
      file.write("line\n");
    }
    file.close();
    expect(contentOf("log")).toBe("line\n".repeat(6));
    expect(contentOf("log.1")).toBe("old\n");
    expect(faults).toHaveLength(5);
  });
});
