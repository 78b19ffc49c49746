/**
 * The code of the npm package: one bundle for Node, one for Bun, and the declarations of their
 * types. The bundles contain the libraries that they use, so the package depends on none.
 */
import { readdirSync, readFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { execute } from "../release.ts";
import { copy, emptyFolder, writeText } from "../tree.ts";

const TYPES = "build/npm-types";

/** Writes the folders bin, node, bun and types, and the licences of the libraries in them. */
export async function bundle(folder: string): Promise<void> {
  await bundleForNode(folder);
  await bundleForBun(join(folder, "bun"));
  writeText(join(folder, "THIRD-PARTY-LICENSES"), collectLicenses(join(folder, "bun")));
  emptyFolder(TYPES);
  execute(["bun", "run", "tsc", "-p", "packaging/npm/tsconfig.json"]);
  copy(TYPES, join(folder, "types"));
}

async function bundleForNode(folder: string): Promise<void> {
  await Bun.build({
    entrypoints: ["packaging/npm/node/index.ts"],
    outdir: join(folder, "node"),
    target: "node",
  });
  await Bun.build({
    entrypoints: ["packaging/npm/node/shim.ts"],
    outdir: join(folder, "bin"),
    naming: "tlslp.[ext]",
    target: "node",
  });
}

async function bundleForBun(folder: string): Promise<void> {
  await Bun.build({
    entrypoints: ["src/index.ts", "src/metrics/monitor.ts", "src/search/worker.ts"],
    naming: { entry: "[name].[ext]" },
    outdir: folder,
    target: "bun",
    // Code of both entry points exists once, so that a `Fault` is the same class in both.
    splitting: true,
    plugins: [
      {
        name: "search library",
        setup(build) {
          build.onResolve({ filter: /^#search-library$/ }, () => ({
            path: resolve("packaging/npm/bun/library-path.ts"),
          }));
        },
      },
    ],
  });
  // A thread is started by the name of its source file.
  renameSync(join(folder, "worker.js"), join(folder, "worker.ts"));
}

/** Returns the licences of the packages whose files are in a bundle, by the comments above them. */
function collectLicenses(folder: string): string {
  const packages = new Set<string>();
  for (const name of readdirSync(folder)) {
    const code = readFileSync(join(folder, name), "utf8");
    for (const [, path = ""] of code.matchAll(/^\/\/ (node_modules\/(?:@[\w.-]+\/)?[\w.-]+)\//gm)) {
      packages.add(path);
    }
  }
  return [...packages].sort().map(readLicense).join("\n");
}

function readLicense(path: string): string {
  const { name, version } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const file = readdirSync(path).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) {
    throw new Error(`${path} has no file with its licence`);
  }
  return `${name} ${version}\n\n${readFileSync(join(path, file), "utf8").trim()}\n`;
}
