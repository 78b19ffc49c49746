/**
 * A small release on this machine: archives of the right shape, with shell scripts as executables,
 * and a server that offers them as the download pages do.
 */
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const LICENSE = resolve(import.meta.dir, "../../LICENSE");

export const VERSION = "1.2.3";
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";
/** 2026-01-02T03:04:05Z */
export const DATE = 1_767_323_045;

const PAGE = `.TH TLSLP 1
.SH NAME
tlslp \\- a TLS line protocol
`;

/** Makes `folder/dist/release` and `folder/libraries` for these targets. Returns the former. */
export function makeRelease(folder: string, targets: readonly string[]): string {
  const release = join(folder, "dist/release");
  mkdirSync(release, { recursive: true });
  const files = targets.map((target) => {
    const isWindows = target.startsWith("windows-");
    const name = `tlslp-${VERSION}-${target}`;
    const archive = `${name}.${isWindows ? "zip" : "tar.xz"}`;
    const executable = isWindows ? "tlslp.exe" : "tlslp";
    makeTree(join(folder, name), executable, target);
    makeLibrary(folder, target);
    const command = isWindows
      ? ["zip", "-q", "-r", join(release, archive), name]
      : ["tar", "-cJf", join(release, archive), "--owner=0", "--group=0", name];
    execute(command, folder);
    return {
      target,
      ...describe(release, archive),
      executable: describe(join(folder, name), executable),
    };
  });
  const sums = files.map(({ name, sha256 }) => `${sha256}  ${name}\n`);
  writeFileSync(join(release, "SHA256SUMS"), sums.join(""));
  const manifest = {
    name: "tlslp",
    version: VERSION,
    commit: COMMIT,
    repository: "git+https://github.com/tlslp/tlslp.git",
    date: new Date(DATE * 1000).toISOString(),
    files,
  };
  writeFileSync(join(release, "manifest.json"), JSON.stringify(manifest));
  return release;
}

function makeTree(folder: string, executable: string, target: string): void {
  mkdirSync(join(folder, "man"), { recursive: true });
  mkdirSync(join(folder, "completions"));
  writeFileSync(join(folder, executable), fakeExecutable(target));
  chmodSync(join(folder, executable), 0o755);
  cpSync(LICENSE, join(folder, "LICENSE"));
  writeFileSync(join(folder, "THIRD-PARTY-LICENSES"), "Bun: MIT\n");
  writeFileSync(join(folder, "README.md"), "# tlslp\n");
  writeFileSync(join(folder, "man/tlslp.1"), PAGE);
  for (const name of ["tlslp.bash", "_tlslp", "tlslp.fish", "tlslp.ps1"]) {
    writeFileSync(join(folder, "completions", name), `# ${name}\n`);
  }
}

/** Prints its target for --version; otherwise its arguments, one a line. */
function fakeExecutable(target: string): string {
  return `#!/bin/sh
if [ "$1" = --version ]; then
  echo "tlslp ${VERSION} (${target})"
else
  printf '%s\\n' "$@"
fi
`;
}

function makeLibrary(folder: string, target: string): void {
  mkdirSync(join(folder, "libraries", `ship-${target}`), { recursive: true });
  writeFileSync(join(folder, "libraries", `ship-${target}`, "search-library.bin"), target);
}

function describe(folder: string, name: string) {
  const bytes = readFileSync(join(folder, name));
  return { name, size: bytes.length, sha256: new Bun.SHA256().update(bytes).digest("hex") };
}

function execute(command: readonly string[], cwd: string): void {
  const { exitCode, stderr } = Bun.spawnSync([...command], { cwd });
  if (exitCode !== 0) {
    throw new Error(`${command.join(" ")}\n${stderr}`);
  }
}

/** Answers a request for a file in the place of the server; undefined lets the server answer. */
export type Answer = (name: string) => Response | undefined;

export interface DownloadServer extends Disposable {
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly requested: readonly string[];
}

/** Offers a release under latest/download and download/v<version>. */
export function serveRelease(release: string, answer: Answer = () => undefined): DownloadServer {
  const names = new Set(readdirSync(release));
  const requested: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      requested.push(pathname);
      const [, name = ""] =
        /^\/(?:latest\/download|download\/v1\.2\.3)\/([^/]+)$/.exec(pathname) ?? [];
      const missing = new Response("not found", { status: 404 });
      return (
        answer(name) ?? (names.has(name) ? new Response(Bun.file(join(release, name))) : missing)
      );
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    requested,
    [Symbol.dispose]: () => void server.stop(true),
  };
}
