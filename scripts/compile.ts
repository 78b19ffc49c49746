/**
 * Compiles the executable. It embeds the native library, which CMake builds first.
 *
 *   bun scripts/compile.ts                                   dist/tlslp, for this machine
 *   bun scripts/compile.ts --target NAME --outfile PATH      for a target of a release
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { BunPlugin } from "bun";
import { findTarget, libraryPath } from "../packaging/archives/targets.ts";

const { values } = parseArgs({
  options: { target: { type: "string" }, outfile: { type: "string", default: "dist/tlslp" } },
});
const target = values.target === undefined ? undefined : findTarget(values.target);

/** Embeds a target's native library instead of the one of this machine. */
function useLibrary(path: string): BunPlugin {
  return {
    name: "search library of the target",
    setup(build) {
      build.onResolve({ filter: /^#search-library$/ }, () => ({ path: resolve(path) }));
    },
  };
}

const { success, stdout } = Bun.spawnSync(["git", "rev-parse", "--short=12", "HEAD"], {
  stderr: "ignore",
});
const commit = success ? stdout.toString().trim() : "unknown";

const folder = dirname(values.outfile);
mkdirSync(folder, { recursive: true });
const staging = mkdtempSync(join(folder, ".new-"));
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
    plugins: target === undefined ? [] : [useLibrary(libraryPath(target))],
    compile: {
      ...(target === undefined ? {} : { target: target.bun }),
      // The name goes into the executable, so it is the same in every build.
      outfile: join(staging, basename(values.outfile)),
      // No file of the working folder configures the executable or runs in it.
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
      execArgv: ["--disallow-code-generation-from-strings=strict"],
    },
  });
  // A rename, because a program that is running cannot be overwritten.
  renameSync(join(staging, basename(values.outfile)), values.outfile);
} finally {
  rmSync(staging, { recursive: true, force: true });
}
