/**
 * The packages for Debian and RPM, installed into empty roots, and the files for other package
 * managers, all from a small release.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeManagerFiles } from "../../../packaging/managers/write.ts";
import { type Release, readRelease } from "../../../packaging/release.ts";
import { makeDebs } from "../../../packaging/system/deb.ts";
import { makeRpms } from "../../../packaging/system/rpm.ts";
import { emptyFolder } from "../../../packaging/tree.ts";
import { makeFolder, run } from "../../support/processes.ts";
import { makeRelease, VERSION } from "../../support/releases.ts";

setDefaultTimeout(120_000);

const TARGETS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];
const WINDOWS_TARGETS = ["windows-x64", "windows-arm64"];
const IS_ROOT = process.getuid?.() === 0;

const folder = makeFolder();
const output = join(folder.path, "packages");
let release: Release;

beforeAll(() => {
  release = readRelease(makeRelease(join(folder.path, "made"), [...TARGETS, ...WINDOWS_TARGETS]));
  makePackages(output);
});
afterAll(() => folder[Symbol.dispose]());

function makePackages(place: string): void {
  emptyFolder(place);
  const work = emptyFolder(join(folder.path, "work"));
  makeManagerFiles(release, place);
  makeDebs(release, place, work);
  makeRpms(release, place, work);
}

function read(path: string): string {
  return readFileSync(join(output, path), "utf8");
}

const ARCHITECTURE = process.arch === "x64" ? "amd64" : "arm64";

test("dpkg installs the package into a root, and removes all of it", async () => {
  const root = join(folder.path, "debian");
  mkdirSync(join(root, "var/lib/dpkg/info"), { recursive: true });
  mkdirSync(join(root, "var/lib/dpkg/updates"));
  writeFileSync(
    join(root, "var/lib/dpkg/status"),
    `Package: libc6
Status: install ok installed
Architecture: ${ARCHITECTURE}
Version: 2.17-1
Maintainer: none
Description: the oldest that serves

`,
  );
  writeFileSync(join(root, "var/lib/dpkg/available"), "");
  writeFileSync(join(root, "var/lib/dpkg/info/libc6.list"), "");
  const dpkg = (...args: readonly string[]) =>
    run([
      "dpkg",
      "--force-not-root",
      "--force-script-chrootless",
      "--log=/dev/null",
      `--root=${root}`,
      ...args,
    ]);

  const installed = await dpkg("-i", join(output, `tlslp_${VERSION}_${ARCHITECTURE}.deb`));
  expect([installed.code, installed.stderr]).toEqual([0, ""]);
  expect((await run([join(root, "usr/bin/tlslp"), "--version"])).stdout).toContain(VERSION);
  expect((await dpkg("--verify", "tlslp")).stdout).toBe("");

  expect((await dpkg("--purge", "tlslp")).code).toBe(0);
  expect(readdirSync(root)).toEqual(["var"]);
});

test.skipIf(!IS_ROOT)("rpm installs the package into a root", async () => {
  const root = join(folder.path, "fedora");
  mkdirSync(root);
  const name = `tlslp-${VERSION}-1.${process.arch === "x64" ? "x86_64" : "aarch64"}.rpm`;
  const rpm = (...args: readonly string[]) =>
    run(["rpm", "--root", root, "--dbpath", "/var/lib/rpm", ...args]);

  expect((await rpm("--install", "--nodeps", join(output, name))).code).toBe(0);
  expect((await run([join(root, "usr/bin/tlslp"), "--version"])).stdout).toContain(VERSION);
  expect((await rpm("--query", "--requires", "tlslp")).stdout).toContain("glibc >= 2.17");
  expect((await rpm("--verify", "--nodeps", "tlslp")).stdout).toBe("");
});

test("a version before 1.0.0 sorts before it, for dpkg and rpm", async () => {
  const early = { ...release, version: "1.0.0-rc.1" };
  const { systemVersion } = await import("../../../packaging/system/layout.ts");
  const version = systemVersion(early.version);
  expect(version).toBe("1.0.0~rc.1");
  expect((await run(["dpkg", "--compare-versions", version, "lt", "1.0.0"])).code).toBe(0);
  const compared = await run(["rpm", "--eval", `%{lua:print(rpm.vercmp("${version}", "1.0.0"))}`]);
  expect(compared.stdout).toBe("-1\n");
});

test("each file for a package manager has the addresses and checksums of the release", () => {
  const files: readonly [string, readonly string[]][] = [
    ["homebrew/tlslp.rb", TARGETS],
    ["scoop/tlslp.json", WINDOWS_TARGETS],
    ["winget/tlslp.tlslp.installer.yaml", WINDOWS_TARGETS],
    ["aur/PKGBUILD", ["linux-x64", "linux-arm64"]],
    ["aur/.SRCINFO", ["linux-x64", "linux-arm64"]],
  ];
  for (const [path, targets] of files) {
    const text = read(path).toLowerCase();
    for (const { target, name, sha256 } of release.files) {
      const mentions = [`/releases/download/v${VERSION}/${name}`, sha256].map((part) =>
        text.includes(part),
      );
      expect([path, target, ...mentions]).toEqual([
        path,
        target,
        targets.includes(target),
        targets.includes(target),
      ]);
    }
  }
});

test("PKGBUILD is a shell script that installs every file", async () => {
  const source = join(folder.path, "made");
  const packaged = join(folder.path, "arch");
  const { code, stderr } = await run(
    ["bash", "--norc", "-euc", '. "$0"; package; echo "$pkgver"', join(output, "aur/PKGBUILD")],
    { env: { CARCH: "x86_64", srcdir: source, pkgdir: packaged } },
  );
  expect([code, stderr]).toEqual([0, ""]);
  expect((await run([join(packaged, "usr/bin/tlslp"), "--version"])).stdout).toContain(VERSION);
});

test("winget's files are YAML with an identifier and a version", () => {
  for (const name of ["", ".installer", ".locale.en-US"]) {
    const value = Bun.YAML.parse(read(`winget/tlslp.tlslp${name}.yaml`));
    expect(value).toMatchObject({ PackageIdentifier: "tlslp.tlslp", PackageVersion: VERSION });
  }
});

test("the packages are the same bytes when they are made again", async () => {
  const again = join(folder.path, "again");
  makePackages(again);
  for (const name of readdirSync(output).filter((each) => /\.(?:deb|rpm)$/.test(each))) {
    const same = Buffer.from(await Bun.file(join(again, name)).arrayBuffer()).equals(
      readFileSync(join(output, name)),
    );
    expect([name, same]).toEqual([name, true]);
  }
});

test("an archive that is not the one in the manifest is refused", () => {
  const copy = join(folder.path, "spoilt");
  cpSync(release.folder, copy, { recursive: true });
  writeFileSync(join(copy, `tlslp-${VERSION}-linux-x64.tar.xz`), "something else");
  expect(() => makeDebs(readRelease(copy), output, join(folder.path, "spoilt-work"))).toThrow(
    /has the SHA-256 .*, the manifest says/,
  );
});
