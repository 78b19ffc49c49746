/**
 * A release as `scripts/release` leaves it: a folder of archives, and the manifest that describes
 * them.
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import * as v from "valibot";

const Digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const Name = v.pipe(v.string(), v.regex(/^[\w.+-]+$/));
const Size = v.pipe(v.number(), v.integer(), v.minValue(1));
const FileFacts = { name: Name, size: Size, sha256: Digest };

const ManifestSchema = v.object({
  name: v.literal("tlslp"),
  version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?$/)),
  commit: v.string(),
  /** As in package.json, or as a browser has it. */
  repository: v.pipe(
    v.string(),
    v.transform((address) => address.replace(/^git\+|\.git$/g, "")),
    v.regex(/^https:\/\/[\w./-]+$/),
  ),
  date: v.pipe(v.string(), v.isoTimestamp()),
  files: v.array(
    v.object({
      target: v.pipe(v.string(), v.regex(/^(?:linux|darwin|windows)-(?:x64|arm64)(?:-musl)?$/)),
      ...FileFacts,
      executable: v.object(FileFacts),
    }),
  ),
});

export type Manifest = v.InferOutput<typeof ManifestSchema>;
export type ReleaseFile = Manifest["files"][number];

export interface Release extends Manifest {
  /** The folder of the archives. */
  readonly folder: string;
  /** Seconds since 1970, for all times in packages. */
  readonly epoch: number;
  /** The address that the archives are downloaded from, without a slash at its end. */
  readonly downloads: string;
}

/** Returns the release in a folder. Throws an error when its manifest is wrong. */
export function readRelease(folder: string): Release {
  const path = join(folder, "manifest.json");
  const { success, output, issues } = v.safeParse(
    ManifestSchema,
    JSON.parse(readFileSync(path, "utf8")),
  );
  if (!success) {
    throw new Error(`${path}: ${v.summarize(issues)}`);
  }
  return {
    ...output,
    folder: resolve(folder),
    epoch: Math.floor(Date.parse(output.date) / 1000),
    downloads: `${output.repository}/releases/download/v${output.version}`,
  };
}

/** Returns the file for a target. Throws an error when the release has none. */
export function fileFor(release: Release, target: string): ReleaseFile {
  const file = release.files.find((each) => each.target === target);
  if (file === undefined) {
    throw new Error(`the release has no file for ${target}`);
  }
  return file;
}

/** Returns the address of a file of the release. */
export function addressOf(release: Release, { name }: ReleaseFile): string {
  return `${release.downloads}/${name}`;
}

/** Unpacks an archive into a new folder. Returns the folder `tlslp-<version>-<target>` in there. */
export function unpack(release: Release, file: ReleaseFile, place: string): string {
  const archive = join(release.folder, file.name);
  requireDigest(archive, file.sha256);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  execute(
    file.name.endsWith(".zip")
      ? ["unzip", "-q", archive, "-d", place]
      : ["tar", "-xJf", archive, "-C", place, "--no-same-owner"],
  );
  const folder = join(place, `tlslp-${release.version}-${file.target}`);
  requireDigest(join(folder, file.executable.name), file.executable.sha256);
  return folder;
}

function requireDigest(path: string, expected: string): void {
  const found = new Bun.SHA256().update(readFileSync(path)).digest("hex");
  if (found !== expected) {
    throw new Error(`${path} has the SHA-256 ${found}, the manifest says ${expected}`);
  }
}

export interface ExecuteOptions {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program and returns its standard output. Throws an error with its output if it fails. */
export function execute(command: readonly string[], { cwd, env }: ExecuteOptions = {}): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...command], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
  });
  if (exitCode !== 0) {
    throw new Error(`${command.join(" ")}\n${stdout}${stderr}`);
  }
  return stdout.toString();
}
