import { expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { withPrivateFolder } from "../../../src/runtime/private-folder.ts";
import { makeFolder } from "../../support/processes.ts";

test("a private folder is for its user alone, and is gone after its use", async () => {
  using home = makeFolder();
  const [path, mode] = await withPrivateFolder(async (folder) => {
    writeFileSync(join(folder, "search.so"), "code");
    return [folder, statSync(folder).mode & 0o777];
  }, home.path);
  expect(mode).toBe(0o700);
  expect(path).toStartWith(join(realpathSync(home.path), ".cache", "tlslp", "search-"));
  expect(existsSync(path)).toBe(false);
});

test("a private folder is removed when its use fails", async () => {
  using home = makeFolder();
  const failing = withPrivateFolder(() => Promise.reject(new Error("no room")), home.path);
  expect(await failing.catch(String)).toBe("Error: no room");
  expect(readdirSync(join(home.path, ".cache", "tlslp"))).toEqual([]);
});

test("no private folder is made where other users may write to a folder above it", async () => {
  using home = makeFolder();
  chmodSync(home.path, 0o777);
  const refused = withPrivateFolder(async () => "used", home.path);
  expect(await refused.catch(String)).toBe(
    `Error: other users may write to ${realpathSync(home.path)}`,
  );
  expect(readdirSync(join(home.path, ".cache", "tlslp"))).toEqual([]);
});

test("no private folder is made where a link or a relative path leads through such a folder", async () => {
  using shared = makeFolder();
  using place = makeFolder();
  const home = join(shared.path, "home");
  mkdirSync(home, { mode: 0o700 });
  chmodSync(shared.path, 0o777);
  const link = join(place.path, "link");
  symlinkSync(home, link);
  for (const path of [home, link, relative(process.cwd(), home)]) {
    const refused = withPrivateFolder(async () => "used", path);
    expect(await refused.catch(String)).toBe(
      `Error: other users may write to ${realpathSync(shared.path)}`,
    );
  }
});
