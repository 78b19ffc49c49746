/**
 * Packs an archive of a release again, after its executable was signed, and updates SHA256SUMS and
 * manifest.json.
 *
 *   bun packaging/repack.ts RELEASE ARCHIVE FOLDER
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { execute, readRelease } from "./release.ts";
import { normalize, writeJson } from "./tree.ts";

/** Packs `folder`, which has the name of the archive without ".tar.xz", in its place. */
export function repack(releaseFolder: string, archive: string, folder: string): void {
  const { epoch, files } = readRelease(releaseFolder);
  const name = basename(archive);
  const file = files.find((each) => each.name === name);
  if (file === undefined) {
    throw new Error(`the manifest has no file called ${name}`);
  }
  normalize(folder, epoch);
  execute(["tar", "-cJf", archive, ...ownedByRoot(), "-C", dirname(folder), basename(folder)]);
  const packed = describe(archive);
  const executable = describe(join(folder, file.executable.name));

  const path = join(releaseFolder, "manifest.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  const entry = manifest.files.find((each: { name: string }) => each.name === name);
  Object.assign(entry, packed);
  Object.assign(entry.executable, executable);
  writeJson(path, manifest);
  replaceSum(join(releaseFolder, "SHA256SUMS"), name, packed.sha256);
}

/** GNU's tar and the one of macOS have different options for the same. */
function ownedByRoot(): readonly string[] {
  return process.platform === "darwin"
    ? ["--uid", "0", "--gid", "0", "--no-mac-metadata"]
    : ["--owner=0", "--group=0", "--numeric-owner", "--sort=name"];
}

function describe(path: string) {
  const sha256 = new Bun.SHA256().update(readFileSync(path)).digest("hex");
  return { size: statSync(path).size, sha256 };
}

function replaceSum(path: string, name: string, sha256: string): void {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const replaced = lines.map((line) => (line.endsWith(`  ${name}`) ? `${sha256}  ${name}` : line));
  writeFileSync(path, `${replaced.join("\n")}\n`);
}

if (import.meta.main) {
  const [releaseFolder = "", archive = "", folder = ""] = process.argv.slice(2);
  repack(releaseFolder, archive, folder);
}
