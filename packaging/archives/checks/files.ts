/**
 * What an unpacked archive holds, and what its executable and native library ask of a system.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { THIRD_PARTY_LICENSES } from "../../licenses.ts";
import { run } from "../run.ts";
import type { Target } from "../targets.ts";
import type { Check } from "./check.ts";
import { checkElf } from "./elf.ts";
import { extractLibrary } from "./embedded.ts";
import { checkMachO } from "./mach-o.ts";
import { checkPe } from "./pe.ts";

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

/** Bytes that the program may have beyond a compiled program of one line. */
const MAX_EXTRA_SIZE = 4e6;

/** The oldest macOS: that of Bun's runtime, and that of our library, which could do with less. */
const MACOS = { executable: "13.0", library: "11.0" } as const;

/** @param folder the unpacked archive */
export function fileChecks(folder: string, target: Target): readonly Check[] {
  const executable = join(folder, target.executable);
  return [
    { name: "archive: contents", run: () => checkContents(folder, target) },
    { name: "executable: size over bare Bun", run: () => compareSize(executable, target, folder) },
    { name: "executable: needs", run: () => checkNeeds("executable", executable, target) },
    {
      name: "native library: needs",
      run() {
        const library = join(folder, "native-library");
        writeFileSync(library, extractLibrary(readFileSync(executable)));
        return checkNeeds("library", library, target);
      },
    },
  ];
}

function checkContents(folder: string, target: Target): string {
  const wanted = [target.executable, ...CONTENTS];
  const missing = wanted.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) {
    throw new Error(`missing: ${missing.join(", ")}`);
  }
  return `${wanted.length} files`;
}

function checkNeeds(part: "executable" | "library", path: string, target: Target): string {
  switch (target.name.split("-")[0]) {
    case "linux":
      return checkElf(path, target, part);
    case "darwin":
      return checkMachO(readFileSync(path), target, MACOS[part]);
    default:
      return checkPe(readFileSync(path), target);
  }
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
