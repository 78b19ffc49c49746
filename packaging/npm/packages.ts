/**
 * The npm packages: `tlslp`, and for each target a platform package with the executable and the
 * native library. npm installs the one that fits, as an optional dependency; no script runs.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { THIRD_PARTY_LICENSES } from "../licenses.ts";
import { DESCRIPTION, LICENSE } from "../project.ts";
import { execute, type Release, type ReleaseFile, unpack } from "../release.ts";
import { copy, emptyFolder, normalize, writeJson, writeText } from "../tree.ts";
import { bundle } from "./bundle.ts";
import { libraryName, platformOf, platformPackage } from "./targets.ts";

export interface NpmOptions {
  readonly release: Release;
  /** Gets the tarballs. */
  readonly output: string;
  /** A folder for intermediate files. */
  readonly work: string;
  /** Has `ship-<target>/search-library.bin` for each target. */
  readonly libraries: string;
}

/** Makes all tarballs. */
export async function makeNpmPackages(options: NpmOptions): Promise<void> {
  const { release, work } = options;
  const folders = release.files.map((file) => makePlatformPackage(options, file));
  folders.push(await makeMainPackage(options));
  emptyFolder(options.output);
  for (const folder of folders) {
    normalize(folder, release.epoch);
  }
  execute(["npm", "pack", ...folders, "--pack-destination", options.output, "--ignore-scripts"], {
    cwd: work,
    env: { npm_config_cache: join(work, "npm-cache"), npm_config_update_notifier: "false" },
  });
}

/** Returns the fields that all packages share. */
function commonFields({ version, repository }: Release) {
  return {
    version,
    license: LICENSE,
    homepage: `${repository}#readme`,
    bugs: `${repository}/issues`,
    repository: { type: "git", url: `git+${repository}.git` },
    publishConfig: { access: "public" },
  };
}

function makePlatformPackage(options: NpmOptions, file: ReleaseFile): string {
  const { release, work, libraries } = options;
  const { target, executable } = file;
  const unpacked = unpack(release, file, join(work, "unpacked"));
  const folder = emptyFolder(join(work, "npm", target));
  const { name: executableName } = executable;
  copy(join(unpacked, executableName), join(folder, "bin", executableName));
  for (const name of ["LICENSE", THIRD_PARTY_LICENSES]) {
    copy(join(unpacked, name), join(folder, name));
  }
  const library = join(libraries, `ship-${target}`, "search-library.bin");
  copy(library, join(folder, "lib", libraryName(target)));
  writeText(
    join(folder, "README.md"),
    `The executable of [tlslp](${release.repository}) for ${target}. Install \`tlslp\` instead.\n`,
  );
  writeJson(join(folder, "package.json"), {
    name: platformPackage(target),
    description: `The executable of tlslp for ${target}`,
    ...commonFields(release),
    ...platformOf(target),
    // Yarn keeps packages in archives, from which no program can be started.
    preferUnplugged: true,
  });
  return folder;
}

async function makeMainPackage({ release, work }: NpmOptions): Promise<string> {
  const folder = emptyFolder(join(work, "npm", "tlslp"));
  await bundle(folder);
  const manuals = readdirSync("man")
    .sort()
    .map((name) => `man/${name}`);
  for (const path of ["LICENSE", "README.md", ...manuals]) {
    copy(path, join(folder, path));
  }
  const names = release.files.map(({ target }) => platformPackage(target));
  writeJson(join(folder, "package.json"), {
    name: "tlslp",
    description: DESCRIPTION,
    ...commonFields(release),
    type: "module",
    engines: { node: ">=20", bun: ">=1.4.5" },
    bin: { tlslp: "bin/tlslp.js" },
    man: manuals,
    exports: {
      ".": {
        bun: { types: "./types/src/index.d.ts", default: "./bun/index.js" },
        // TypeScript sets this condition for projects that run under Node (`nodenext`).
        node: { types: "./types/packaging/npm/node/index.d.ts", default: "./node/index.js" },
        types: "./types/src/index.d.ts",
        default: "./node/index.js",
      },
      "./metrics": {
        types: "./types/src/metrics/monitor.d.ts",
        bun: "./bun/monitor.js",
      },
      "./package.json": "./package.json",
    },
    optionalDependencies: Object.fromEntries(names.map((name) => [name, release.version])),
  });
  return folder;
}
