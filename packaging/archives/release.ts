/**
 * Makes the files of a release in dist/release/ from the native libraries that scripts/release has
 * built. The arguments are the names of the targets.
 *
 * SOURCE_DATE_EPOCH is the time of every file in the archives, in seconds.
 */
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { executableLicenses, THIRD_PARTY_LICENSES } from "../licenses.ts";
import { packFolder } from "./archive.ts";
import { makeBillOfMaterials } from "./bill-of-materials.ts";
import { writeCompletions } from "./completions.ts";
import { signAdHoc } from "./mach-o.ts";
import { run } from "./run.ts";
import { findTarget, type Target } from "./targets.ts";

const FOLDER = "dist/release";
const { name, version, repository } = manifest;

/** A file of the release, as manifest.json describes it. */
interface ReleasedFile {
  readonly target: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly executable: { readonly name: string; readonly size: number; readonly sha256: string };
}

const targets = process.argv.slice(2).map(findTarget);
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const staging = mkdtempSync(join("dist", ".release-"));
try {
  await writeCompletions(join(staging, "completions"));
  await Bun.write(join(staging, THIRD_PARTY_LICENSES), await executableLicenses());
  const files: ReleasedFile[] = [];
  for (const target of targets) {
    process.stderr.write(`Packing ${target.name}\n`);
    files.push(await releaseTarget(target));
  }
  const parts = `${name}-${version}.cdx.json`;
  await Bun.write(join(FOLDER, parts), makeBillOfMaterials());
  await Bun.write(join(FOLDER, "manifest.json"), describeRelease(files));
  await Bun.write(
    join(FOLDER, "SHA256SUMS"),
    checksumsOf([...files.map((file) => file.name), parts]),
  );
} finally {
  rmSync(staging, { recursive: true, force: true });
}

async function releaseTarget(target: Target): Promise<ReleasedFile> {
  const title = `${name}-${version}-${target.name}`;
  const folder = join(staging, title);
  const executable = join(folder, target.executable);
  run("bun", "scripts/compile.ts", "--target", target.name, "--outfile", executable);
  if (target.name.startsWith("darwin-")) {
    // Bun leaves the runtime's own signature in place, which is not valid for our executable.
    writeFileSync(executable, signAdHoc(readFileSync(executable), name));
  }
  for (const file of ["LICENSE", "README.md", "man"]) {
    cpSync(file, join(folder, file), { recursive: true });
  }
  for (const file of [THIRD_PARTY_LICENSES, "completions"]) {
    cpSync(join(staging, file), join(folder, file), { recursive: true });
  }
  const archive = `${title}.${target.archive}`;
  packFolder(folder, join(FOLDER, archive));
  return {
    target: target.name,
    name: archive,
    size: statSync(join(FOLDER, archive)).size,
    sha256: sha256Of(join(FOLDER, archive)),
    executable: {
      name: target.executable,
      size: statSync(executable).size,
      sha256: sha256Of(executable),
    },
  };
}

function describeRelease(files: readonly ReleasedFile[]): string {
  const commit = run("git", "rev-parse", "HEAD").trim();
  const date = new Date(Number(process.env["SOURCE_DATE_EPOCH"]) * 1000).toISOString();
  const release = { name, version, commit, repository: repository.url, date, files };
  return `${JSON.stringify(release, undefined, 2)}\n`;
}

/** One line for each file, as sha256sum(1) reads them. */
function checksumsOf(names: readonly string[]): string {
  return names
    .toSorted()
    .map((file) => `${sha256Of(join(FOLDER, file))}  ${file}\n`)
    .join("");
}

function sha256Of(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
