/**
 * Files that are named by symbolic links, as Kubernetes and certbot make them, and links that
 * another user could lead elsewhere.
 */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { readInput, readSecret, readTrusted } from "../../../src/io/input.ts";
import { faultOf, hintOf, summary } from "../../support/faults.ts";
import { type Folder, makeFolder, REPOSITORY } from "../../support/processes.ts";

/** Not written out, so that no search for keys finds this file. */
const KEY = `${"-".repeat(5)}BEGIN PRIVATE KEY${"-".repeat(5)}\n`;
const isRoot = process.geteuid?.() === 0;
/** A user that exists nowhere. */
const STRANGER = 54_321;

const SOURCE = join(REPOSITORY, "src/io/input.ts");
/** Starts a program with mounts of its own. */
const UNSHARE = ["unshare", "-m"];
const canMount =
  isRoot &&
  Bun.which("unshare") !== null &&
  Bun.spawnSync([...UNSHARE, "mount", "--bind", "/tmp", "/tmp"]).exitCode === 0;

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder[Symbol.dispose]());

const at = (...names: readonly string[]) => join(folder.path, ...names);
const secret = (path: string) => readSecret({ path, purpose: "serverKey" }).toString();
const trusted = (path: string) => readTrusted({ path, purpose: "authorities" }).toString();
const refusal = (read: () => unknown) => summary(faultOf(read));

function makeFile(path: string, content = KEY, mode = 0o600): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

/** Makes a sticky folder, a folder for each version, and two levels of links, as kubelet does. */
function mountSecret(version: string, content = KEY): void {
  mkdirSync(at("mount"), { recursive: true });
  chmodSync(at("mount"), 0o1777);
  makeFile(at("mount", `..${version}`, "tls.key"), content, 0o440);
  symlinkSync(`..${version}`, at("mount", "..data_tmp"));
  renameSync(at("mount", "..data_tmp"), at("mount", "..data"));
  rmSync(at("mount", "tls.key"), { force: true });
  symlinkSync("..data/tls.key", at("mount", "tls.key"));
}

describe("links are followed", () => {
  test("that Kubernetes makes, before and after it replaces their target", () => {
    mountSecret("2026_11_29", `${KEY}old`);
    expect(secret(at("mount", "tls.key"))).toBe(`${KEY}old`);

    mountSecret("2027_01_31", `${KEY}new`);
    rmSync(at("mount", "..2026_11_29"), { recursive: true });
    expect(secret(at("mount", "tls.key"))).toBe(`${KEY}new`);
    expect(trusted(at("mount", "..data", "tls.key"))).toBe(`${KEY}new`);
  });

  test.if(canMount)("on a read-only mount, where others cannot write", () => {
    makeFile(at("map", "..2026_11_29", "ca.crt"), "text", 0o644);
    chmodSync(at("map"), 0o777);
    symlinkSync("..2026_11_29", at("map", "..data"));
    symlinkSync("..data/ca.crt", at("map", "ca.crt"));
    const script = `
      const { readTrusted } = await import(${JSON.stringify(SOURCE)});
      process.stdout.write(readTrusted({ path: "map/ca.crt", purpose: "authorities" }));`;
    const mount = "mount --bind map map && mount -o remount,bind,ro map && exec";
    const { stdout, stderr } = Bun.spawnSync(
      [...UNSHARE, "sh", "-c", `${mount} "$0" -e "$1"`, process.execPath, script],
      { cwd: folder.path },
    );
    expect(`${stdout}${stderr}`).toBe("text");
    expect(refusal(() => trusted(at("map", "ca.crt")))).toContain("which others can write");
  });

  test("that certbot makes, from live/ to archive/", () => {
    makeFile(at("archive", "a.example", "privkey1.pem"));
    mkdirSync(at("live", "a.example"), { recursive: true, mode: 0o700 });
    symlinkSync("../../archive/a.example/privkey1.pem", at("live", "a.example", "privkey.pem"));
    expect(secret(at("live", "a.example", "privkey.pem"))).toBe(KEY);
  });

  test("with absolute targets, one after the other, in folders and for files", () => {
    makeFile(at("real", "key.pem"));
    symlinkSync(at("real"), at("one"));
    symlinkSync(at("one"), at("two"));
    symlinkSync(at("two", "..", "one", "key.pem"), at("link"));
    expect(secret(at("link"))).toBe(KEY);
    expect(secret(at("two", ".", "key.pem"))).toBe(KEY);
  });

  test("from a relative path", () => {
    makeFile(at("real", "key.pem"));
    symlinkSync("real/key.pem", at("link"));
    const script = `
      const { readSecret } = await import(${JSON.stringify(SOURCE)});
      process.stdout.write(readSecret({ path: "./real/../link", purpose: "key" }));`;
    const { stdout, stderr } = Bun.spawnSync([process.execPath, "-e", script], {
      cwd: folder.path,
    });
    expect(`${stdout}${stderr}`).toBe(KEY);
  });

  test("for answers, wherever they lead", () => {
    makeFile(at("open", "answers"), "text");
    chmodSync(at("open"), 0o777);
    symlinkSync("open/answers", at("link"));
    expect(readInput({ path: at("link"), purpose: "answers" })).toBe("text");
  });

  test("of a system, also when what follows is not checked as they are", () => {
    // As where /home is a link: the folders after it are those of a path without links.
    makeFile(at("real", "project", "key.pem"));
    chmodSync(at("real", "project"), 0o777);
    symlinkSync("real", at("home"));
    expect(secret(at("home", "project", "key.pem"))).toBe(KEY);
  });
});

describe("links are not followed", () => {
  for (const [mode, reader] of [
    [0o777, secret],
    [0o770, secret],
    [0o757, trusted],
  ] as const) {
    test(`through a folder of the mode ${mode.toString(8)}, for ${reader === secret ? "keys" : "authorities"}`, () => {
      makeFile(at("real", "key.pem"));
      mkdirSync(at("open"));
      chmodSync(at("open"), mode);
      symlinkSync("../real/key.pem", at("open", "link"));
      const fault = faultOf(() => reader(at("open", "link")));
      expect(summary(fault)).toMatch(/^usage: .* is named by a symbolic link through .*, which/);
      expect(summary(fault)).toEndWith(`through ${at("open")}, which others can write`);
      expect(hintOf(fault)).toBe(`chmod go-w ${at("open")}`);
    });
  }

  test("to a target in such a folder, or below one", () => {
    makeFile(at("open", "deep", "key.pem"));
    chmodSync(at("open"), 0o777);
    symlinkSync("open/deep/key.pem", at("file"));
    symlinkSync("open/deep", at("folder"));
    const expected = `usage: the server key ${at("file")} is named by a symbolic link through ${at("open")}, which others can write`;
    expect(refusal(() => secret(at("file")))).toBe(expected);
    expect(refusal(() => secret(at("folder", "key.pem")))).toBe(
      expected.replace(at("file"), at("folder", "key.pem")),
    );
  });

  test("where only the group can write, for authorities they are", () => {
    makeFile(at("shared", "ca.pem"), "text", 0o644);
    chmodSync(at("shared"), 0o775);
    symlinkSync("shared/ca.pem", at("link"));
    expect(trusted(at("link"))).toBe("text");
  });

  test("to a target that others can write", () => {
    makeFile(at("key.pem"), KEY, 0o620);
    symlinkSync("key.pem", at("link"));
    expect(refusal(() => secret(at("link")))).toBe(
      `usage: the server key ${at("link")} can be written by others than its owner`,
    );
  });

  test.if(isRoot)("that another user owns, or whose target or folder another user owns", () => {
    makeFile(at("mine", "key.pem"));
    makeFile(at("theirs", "key.pem"));
    makeFile(at("their-file.pem"));
    chownSync(at("theirs"), STRANGER, STRANGER);
    chownSync(at("their-file.pem"), STRANGER, STRANGER);
    for (const [name, target, place] of [
      ["to-folder", "theirs/key.pem", at("theirs")],
      ["to-file", "their-file.pem", at("their-file.pem")],
      ["their-link", "mine/key.pem", at("their-link")],
    ] as const) {
      symlinkSync(target, at(name));
      if (name === "their-link") {
        lchownSync(at(name), STRANGER, STRANGER);
      }
      const fault = faultOf(() => secret(at(name)));
      expect(summary(fault)).toBe(
        `usage: the server key ${at(name)} is named by a symbolic link through ${place}, which belongs to neither root nor us`,
      );
      expect(hintOf(fault)).toBe(
        `readlink -f ${at(name)} prints the file itself, to be named instead`,
      );
    }
  });

  test.if(isRoot)("in a sticky folder that another user owns", () => {
    makeFile(at("key.pem"));
    mkdirSync(at("sticky"));
    symlinkSync("../key.pem", at("sticky", "link"));
    chmodSync(at("sticky"), 0o1777);
    expect(secret(at("sticky", "link"))).toBe(KEY);
    chownSync(at("sticky"), STRANGER, STRANGER);
    expect(refusal(() => secret(at("sticky", "link")))).toContain("neither root nor us");
  });

  for (const [name, target, problem] of [
    ["to nothing", "missing", "does not exist"],
    ["to themselves", "link", "cannot be read: too many symbolic links"],
    ["to a folder", ".", "is a folder, not a file"],
  ] as const) {
    test(name, () => {
      symlinkSync(target, at("link"));
      expect(refusal(() => secret(at("link")))).toBe(
        `usage: the server key ${at("link")} ${problem}`,
      );
    });
  }
});

test("a file without links may be in a folder that others can write, as before", () => {
  makeFile(at("open", "key.pem"));
  chmodSync(at("open"), 0o777);
  expect(secret(at("open", "key.pem"))).toBe(KEY);
});
