/**
 * Compiles the executable. It embeds the native library, which CMake builds first.
 *
 *   bun scripts/compile.ts                                   dist/tlslp, for this machine
 *   bun scripts/compile.ts --target NAME --outfile PATH      for a target of a release
 */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { BunPlugin } from "bun";
import manifest from "../package.json" with { type: "json" };
import { findTarget, libraryPath } from "../packaging/archives/targets.ts";

const { values } = parseArgs({
  options: { target: { type: "string" }, outfile: { type: "string", default: "dist/tlslp" } },
});
const target = values.target === undefined ? undefined : findTarget(values.target);
const library = target === undefined ? manifest.imports["#search-library"] : libraryPath(target);

/** The strongest compression that does not need more memory to decompress. */
const ZSTD_LEVEL = 19;

/** Embeds a native library, compressed to a fifth. src/runtime/embedded-library.ts loads it. */
function embedLibrary(path: string): BunPlugin {
  return {
    name: "native library",
    setup(build) {
      build.onResolve({ filter: /^#search-library$/ }, () => ({ path: resolve(path) }));
      build.onLoad({ filter: /\/search-library\.bin$/ }, () => ({
        contents: Bun.zstdCompressSync(readFileSync(path), { level: ZSTD_LEVEL }),
        loader: "file",
      }));
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
    // Only the top level of each module. The bytecode of all functions would save 4 ms of a start,
    // and would add 4 MB, most of them for the runtime's own modules.
    bytecodeDepth: 0,
    define: { TLSLP_COMMIT: JSON.stringify(commit) },
    plugins: [embedLibrary(library)],
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
