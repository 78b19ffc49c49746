import { afterAll, beforeEach, expect, test } from "bun:test";
import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openLogFile } from "../../../src/log/file.ts";
import { faultOf, summary } from "../../support/faults.ts";
import { makeFolder } from "../../support/processes.ts";
import { openFilesBelow } from "../../support/system.ts";

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());
const FILE = join(folder.path, "log");
const MOVED = join(folder.path, "log.1");
beforeEach(() => {
  rmSync(FILE, { force: true, recursive: true });
  rmSync(MOVED, { force: true });
});

test("a file that was moved away is written to until it is opened anew", () => {
  const file = openLogFile(FILE);
  file.write("one\n");
  renameSync(FILE, MOVED);
  file.write("two\n");
  file.reopen();
  file.write("three\n");
  file.close();
  expect(readFileSync(MOVED, "utf8")).toBe("one\ntwo\n");
  expect(readFileSync(FILE, "utf8")).toBe("three\n");
});

test("a file that was not moved goes on when it is opened anew", () => {
  const file = openLogFile(FILE);
  file.write("one\n");
  file.reopen();
  file.write("two\n");
  file.close();
  expect(readFileSync(FILE, "utf8")).toBe("one\ntwo\n");
});

test("a file that cannot be opened anew leaves the old one in use", () => {
  const file = openLogFile(FILE);
  renameSync(FILE, MOVED);
  mkdirSync(FILE);
  const fault = faultOf(() => file.reopen());
  expect(summary(fault)).toBe(`usage: the log file ${FILE} cannot be opened: EISDIR`);
  file.write("still here\n");
  file.close();
  expect(readFileSync(MOVED, "utf8")).toBe("still here\n");
});

test("nothing stays open, however often it is opened anew", () => {
  const file = openLogFile(FILE);
  for (let times = 0; times < 10; times += 1) {
    file.reopen();
  }
  expect(openFilesBelow(folder.path)).toEqual([FILE]);
  file.close();
  expect(openFilesBelow(folder.path)).toEqual([]);
});
