import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultStorePath, makeStateFolder, parseStoreUrl } from "../../../src/intake/store/url.ts";
import { faultOf, summary } from "../../support/faults.ts";

describe("a store's URL", () => {
  test.each([
    ["none", { type: "none" }],
    ["sqlite:a/b.db", { type: "sqlite", path: "a/b.db" }],
    ["sqlite:/a b/ü?.db", { type: "sqlite", path: "/a b/ü?.db" }],
    ["sqlite:///a/b.db", { type: "sqlite", path: "/a/b.db" }],
    ["sqlite:C:\\a\\b.db", { type: "sqlite", path: "C:\\a\\b.db" }],
    ["postgres://u@h/d", { type: "postgres", url: "postgres://u@h/d" }],
    ["postgresql://u:p@h:5/d?a=b", { type: "postgres", url: "postgresql://u:p@h:5/d?a=b" }],
  ])("may be %s", (text, parsed) => {
    expect(parseStoreUrl(text)).toEqual(parsed as ReturnType<typeof parseStoreUrl>);
  });

  test.each([
    "",
    "sqlite",
    "sqlite:",
    "sqlite::memory:",
    "sqlite://host/a.db",
    "a.db",
    "postgres:",
    "NONE",
  ])("cannot be %j", (text) => {
    const expected = `usage: store: "${text}" is not sqlite:PATH, postgres://USER@HOST/DATABASE or none`;
    expect(summary(faultOf(() => parseStoreUrl(text)))).toBe(expected);
  });

  test.each([
    "postgre://ada:hidden@h/d",
    "postgres:/ada:hid@den@h/d",
    "postgres://ada:hid/den@h/d",
    "postgres://ada:12/hidden@h/d",
    "postgres://ada:hid#den@h/d",
    "postgres://h:99999/d?user=ada&password=hidden",
  ])("that is wrong, such as %s, does not show its password", (text) => {
    const { message } = faultOf(() => parseStoreUrl(text));
    expect(message).toContain(":…");
    expect(message).not.toMatch(/hid|den/);
  });
});

describe("the default store", () => {
  const home = "/home/ada";

  test.each([
    ["linux", {}, "/home/ada/.local/state/tlslp/intake.db"],
    ["linux", { XDG_STATE_HOME: "/state" }, "/state/tlslp/intake.db"],
    ["linux", { XDG_STATE_HOME: "" }, "/home/ada/.local/state/tlslp/intake.db"],
    ["linux", { XDG_STATE_HOME: "state" }, "/home/ada/.local/state/tlslp/intake.db"],
    ["darwin", {}, "/home/ada/Library/Application Support/tlslp/intake.db"],
    ["win32", { LOCALAPPDATA: "/local" }, "/local/tlslp/intake.db"],
  ] as const)("of %s with %j is %s", (platform, env, path) => {
    expect(defaultStorePath({ platform, env, home })).toBe(path);
  });

  test("has a folder for its owner only", () => {
    const folder = mkdtempSync(join(tmpdir(), "tlslp-test-"));
    const path = join(folder, "state", "tlslp", "intake.db");
    makeStateFolder(path);
    expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
    const fault = faultOf(() => makeStateFolder("/proc/nowhere/intake.db"));
    expect(summary(fault)).toStartWith(
      "usage: cannot use the store sqlite:/proc/nowhere/intake.db: ",
    );
    rmSync(folder, { recursive: true });
  });
});
