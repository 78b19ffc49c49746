/**
 * The code of the npm package: one bundle for Node, one for Bun, and the declarations of their
 * types. The bundles contain the libraries that they use, so the package depends on none.
 */
import { renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { packageLicenses, THIRD_PARTY_LICENSES } from "../licenses.ts";
import { execute } from "../release.ts";
import { copy, emptyFolder, writeText } from "../tree.ts";

const TYPES = "build/npm-types";

/** Writes the folders bin, node, bun and types, and the licences of the libraries in them. */
export async function bundle(folder: string): Promise<void> {
  await bundleForNode(folder);
  const metafile = await bundleForBun(join(folder, "bun"));
  writeText(join(folder, THIRD_PARTY_LICENSES), packageLicenses(metafile).join("\n"));
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

async function bundleForBun(folder: string): Promise<Bun.BuildMetafile | undefined> {
  const { metafile } = await Bun.build({
    entrypoints: ["src/index.ts", "src/metrics/monitor.ts", "src/search/worker.ts"],
    naming: { entry: "[name].[ext]" },
    outdir: folder,
    target: "bun",
    // Code of both entry points exists once, so that a `Fault` is the same class in both.
    splitting: true,
    metafile: true,
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
  return metafile;
}
