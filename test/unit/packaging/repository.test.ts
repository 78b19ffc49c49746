/**
 * Facts that have one place: the version and the repository's address are in package.json.
 */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { repository, version } from "../../../package.json" with { type: "json" };

const ADDRESS = repository.url.replace(/^git\+|\.git$/g, "");

function trackedFiles(...patterns: readonly string[]): readonly string[] {
  const { stdout } = Bun.spawnSync(["git", "ls-files", "-z", ...patterns]);
  return stdout.toString().split("\0").filter(Boolean);
}

test("every address on GitHub that looks like ours is ours", () => {
  const [, owner = "", name = ""] = /^https:\/\/github\.com\/([^/]+)\/([^/]+)$/.exec(ADDRESS) ?? [];
  expect([owner, name]).not.toContain("");
  for (const path of trackedFiles("*.md", "*.sh", "*.ps1", "*.yml", "*.yaml", "packaging")) {
    for (const [, ...parts] of readFileSync(path, "utf8").matchAll(
      /github\.com\/([\w-]+)\/(tlslp[\w-]*)/g,
    )) {
      expect([path, ...parts]).toEqual([path, owner, name]);
    }
  }
});

test("install.sh and install.ps1 download from our releases", () => {
  for (const path of ["install.sh", "install.ps1"]) {
    expect(readFileSync(path, "utf8")).toContain(`${ADDRESS}/releases`);
  }
});

test("no other file repeats the version", () => {
  const repeating = trackedFiles("*", ":!CHANGELOG.md", ":!test", ":!package.json").filter((path) =>
    readFileSync(path, "utf8").includes(version),
  );
  expect(repeating).toEqual([]);
});
