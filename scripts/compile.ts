/**
 * Compiles the executable: dist/tlslp. It embeds the native library, which scripts/build builds
 * first.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const FOLDER = "dist";
const NAME = "tlslp";

const { success, stdout } = Bun.spawnSync(["git", "rev-parse", "--short=12", "HEAD"], {
  stderr: "ignore",
});
const commit = success ? stdout.toString().trim() : "unknown";

mkdirSync(FOLDER, { recursive: true });
const staging = mkdtempSync(join(FOLDER, ".new-"));
try {
  await Bun.build({
    // A Worker finds the second entry point by its bare name.
    entrypoints: ["src/main.ts", "src/search/worker.ts"],
    naming: { entry: "[name].[ext]" },
    format: "esm",
    // Each command loads only the code that it needs.
    splitting: true,
    // Bun's minified identifiers are a known cause of crashes at run time.
    minify: { whitespace: true, syntax: true, identifiers: false },
    bytecode: true,
    define: { TLSLP_COMMIT: JSON.stringify(commit) },
    compile: {
      outfile: join(staging, NAME),
      // No file of the working folder configures the executable or runs in it.
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
      execArgv: ["--disallow-code-generation-from-strings=strict"],
    },
  });
  // A rename, because a program that is running cannot be overwritten.
  renameSync(join(staging, NAME), join(FOLDER, NAME));
} finally {
  rmSync(staging, { recursive: true, force: true });
}
