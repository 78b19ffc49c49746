import { afterAll, expect, test } from "bun:test";
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { namesDescriptor, readPipe } from "../../../src/io/pipe.ts";
import { makeFolder } from "../../support/processes.ts";

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());

test("a pipe that does not end is read for a limited time", () => {
  const path = join(folder.path, "pipe");
  Bun.spawnSync(["mkfifo", path]);
  const descriptor = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const begun = performance.now();
  expect(readPipe(descriptor, { maxSize: 9, seconds: 0.1 })).toBeUndefined();
  expect(performance.now() - begun).toBeWithin(100, 10_000);
  closeSync(descriptor);
});

test("only paths of descriptors name a pipe that the program was given", () => {
  const given = ["/dev/stdin", "/dev/fd/0", "/dev/fd/63", "/proc/self/fd/3"];
  const others = ["pipe", "/dev/zero", "/dev/fd", "/dev/fd/../zero", "/proc/1/fd/3", "/dev/fd/3/x"];
  expect([...given, ...others].filter(namesDescriptor)).toEqual(given);
});
