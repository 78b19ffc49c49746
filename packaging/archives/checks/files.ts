/**
 * What an unpacked archive holds, and what its executable asks of a system.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { THIRD_PARTY_LICENSES } from "../../licenses.ts";
import { readMachO } from "../mach-o.ts";
import { run } from "../run.ts";
import type { Target } from "../targets.ts";
import { type Check, Impossible } from "./check.ts";

const CONTENTS = [
  "LICENSE",
  THIRD_PARTY_LICENSES,
  "README.md",
  "man/tlslp.1",
  "completions/tlslp.bash",
  "completions/_tlslp",
  "completions/tlslp.fish",
  "completions/tlslp.ps1",
];

const MAX_GLIBC = "2.17";
/** The oldest macOS that Bun's runtime runs on. */
const MACOS_VERSION = "13.0";
/** Bytes that the program may have beyond a compiled program of one line. */
const MAX_EXTRA_SIZE = 4e6;

/** @param folder the unpacked archive */
export function fileChecks(folder: string, target: Target): readonly Check[] {
  const executable = join(folder, target.executable);
  const common: Check[] = [
    {
      name: "archive: contents",
      run() {
        const missing = [target.executable, ...CONTENTS].filter(
          (name) => !existsSync(join(folder, name)),
        );
        if (missing.length > 0) {
          throw new Error(`missing: ${missing.join(", ")}`);
        }
        return `${CONTENTS.length + 1} files`;
      },
    },
    { name: "executable: size over bare Bun", run: () => compareSize(executable, target, folder) },
  ];
  if (target.name.startsWith("linux-")) {
    return [...common, { name: "executable: C library", run: () => checkElf(executable, target) }];
  }
  return target.name.startsWith("darwin-")
    ? [
        ...common,
        { name: "executable: Mach-O, signature", run: () => checkMachO(executable, target) },
      ]
    : common;
}

function compareSize(executable: string, target: Target, folder: string): string {
  const source = join(folder, "bare.ts");
  const bare = join(folder, "bare");
  run("sh", "-c", `echo 'console.log(1)' >"${source}"`);
  run("bun", "build", "--compile", `--target=${target.bun}`, source, "--outfile", bare);
  const { size } = statSync(existsSync(bare) ? bare : `${bare}.exe`);
  const extra = statSync(executable).size - size;
  if (extra > MAX_EXTRA_SIZE) {
    throw new Error(`${extra} bytes more, at most ${MAX_EXTRA_SIZE}`);
  }
  return `${(extra / 1e6).toFixed(1)} MB more`;
}

function checkElf(executable: string, target: Target): string {
  const symbols = run("readelf", "--wide", "--dyn-syms", executable);
  const versions = [...symbols.matchAll(/@+GLIBC_([0-9.]+)/g)].map(([, version = ""]) => version);
  const newest = versions.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
  if (target.name.endsWith("-musl")) {
    if (newest !== undefined) {
      throw new Error(`needs glibc ${newest}`);
    }
    return "musl";
  }
  if (newest === undefined) {
    throw new Impossible("readelf shows no version of glibc");
  }
  if (newest.localeCompare(MAX_GLIBC, "en", { numeric: true }) > 0) {
    throw new Error(`needs glibc ${newest}, at most ${MAX_GLIBC}`);
  }
  return `glibc ${newest}`;
}

function checkMachO(executable: string, target: Target): string {
  const found = readMachO(readFileSync(executable));
  const { architecture, minimumVersion, signature, libraries } = found;
  if (target.name !== `darwin-${architecture}`) {
    throw new Error(`built for ${architecture}`);
  }
  if (minimumVersion !== MACOS_VERSION) {
    throw new Error(`needs macOS ${minimumVersion}, expected ${MACOS_VERSION}`);
  }
  const foreign = libraries.filter((path) => !path.startsWith("/usr/lib/"));
  if (foreign.length > 0) {
    throw new Error(`loads ${foreign.join(", ")}`);
  }
  if (signature === undefined || !signature.isAdHoc || signature.wrongPages > 0) {
    throw new Error(`signature: ${JSON.stringify(signature)}`);
  }
  return `macOS ${minimumVersion}, ad hoc, ${signature.pages} pages right`;
}
