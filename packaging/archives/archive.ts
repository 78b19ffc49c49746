/**
 * Archives that depend on nothing but the files in them: sorted names, no owners, one time.
 */
import { chmodSync, readdirSync, statSync, utimesSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { run } from "./run.ts";

/** Packs a folder into a .tar.xz or .zip archive, under the folder's own name. */
export function packFolder(folder: string, archive: string): void {
  const date = Number(process.env["SOURCE_DATE_EPOCH"]);
  const paths = normalize(folder, date);
  const parent = dirname(folder);
  if (archive.endsWith(".zip")) {
    const names = paths.map((path) => path.slice(parent.length + 1));
    // -X leaves out owners and the times of access; zip reads times in the local zone.
    run("env", "-C", parent, "TZ=UTC", "zip", "-X", "-9", "-q", resolve(archive), ...names);
    return;
  }
  run(
    "tar",
    "--create",
    `--file=${archive}`,
    // One thread: the number of threads changes the bytes.
    `--use-compress-program=xz --threads=1 ${process.env["XZ_PRESET"] ?? "-6"}`,
    "--sort=name",
    `--mtime=@${date}`,
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--format=ustar",
    `--directory=${parent}`,
    basename(folder),
  );
}

/** Gives all files plain permissions and one time. Returns their paths in a fixed order. */
function normalize(path: string, date: number): readonly string[] {
  const isFolder = statSync(path).isDirectory();
  const below = isFolder ? readdirSync(path).toSorted() : [];
  const paths = below.flatMap((name) => normalize(join(path, name), date));
  const isProgram = isFolder || /(?:^|\/)tlslp(?:\.exe)?$/.test(path);
  chmodSync(path, isProgram ? 0o755 : 0o644);
  utimesSync(path, date, date);
  return [path, ...paths];
}
