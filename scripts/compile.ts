/**
 * Compiles the executable: dist/tlslp. What it embeds must be built before (scripts/build does).
 */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import libraryPath from "#search-library" with { type: "file" };
import { BUNDLE } from "./bundle.ts";
import { notePlace } from "./place.ts";
import { seal } from "./seal.ts";

const FOLDER = "dist";
const NAME = "tlslp";

const { code, out } = run("git", "rev-parse", "--short=12", "HEAD");
const commit = code === 0 ? out : "unknown";

mkdirSync(FOLDER, { recursive: true });
const staging = mkdtempSync(join(FOLDER, ".new-"));
try {
  await Bun.build({
    ...BUNDLE,
    bytecode: true,
    define: { TLSLP_COMMIT: JSON.stringify(commit) },
    compile: {
      outfile: join(staging, NAME),
      // Nothing in the working directory may configure the executable, let alone run code in it.
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
      execArgv: ["--disallow-code-generation-from-strings=strict"],
    },
  });
  const executable = readFileSync(join(staging, NAME));
  seal(executable);
  if (process.platform === "linux") {
    notePlace(executable, readFileSync(libraryPath));
  }
  writeFileSync(join(staging, NAME), executable);
  // Moved into place, so that an executable that is running now is not written into.
  renameSync(join(staging, NAME), join(FOLDER, NAME));
} finally {
  rmSync(staging, { recursive: true, force: true });
}

function run(...command: string[]): { code: number; out: string } {
  const { exitCode, stdout } = Bun.spawnSync(command, { stderr: "ignore" });
  return { code: exitCode, out: stdout.toString().trim() };
}
