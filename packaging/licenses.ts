/**
 * The licences of the software by others that is inside the files of a release.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./archives/run.ts";
import { version as zigVersion } from "./archives/zig.ts";

/** The name of the file, in every archive and package. */
export const THIRD_PARTY_LICENSES = "THIRD-PARTY-LICENSES";

/** Our executable's entry points, as scripts/compile.ts has them. */
const ENTRY_POINTS = ["src/main.ts", "src/search/worker.ts"];
/** Bun's own overview of all that it links, in the package with its documentation. */
const BUN_LICENSES = "node_modules/bun-types/docs/project/license.mdx";
/** LGPL version 2 allows any later version, so one text serves JavaScriptCore and TinyCC. */
const LGPL = "packaging/archives/LGPL-2.1";

/** Returns the text of THIRD-PARTY-LICENSES for an archive with the executable. */
export async function executableLicenses(): Promise<string> {
  const { metafile } = await Bun.build({
    entrypoints: ENTRY_POINTS,
    splitting: true,
    target: "bun",
    // It is built for each target on its own.
    external: ["#search-library"],
    metafile: true,
  });
  const [, overview = ""] = /^---\n.*?\n---\n(.*)$/s.exec(readFileSync(BUN_LICENSES, "utf8")) ?? [];
  const parts = [
    section(`Bun ${Bun.version}, the runtime`, overview),
    section("GNU Lesser General Public License, of parts of Bun", readFileSync(LGPL, "utf8")),
    ...nativeLicenses(),
    ...packageLicenses(metafile),
  ];
  return `tlslp contains software by others, under these licenses.\n\n${parts.join("\n")}`;
}

/** Returns one text for each npm package whose code is in a bundle. */
export function packageLicenses(metafile: Bun.BuildMetafile | undefined): readonly string[] {
  const outputs = Object.values(metafile?.outputs ?? {});
  const paths = outputs.flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .flatMap(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  return [...new Set(paths)].toSorted().map((path) => {
    const { name, version } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    return section(`${name} ${version}`, readLicense(path));
  });
}

/** The parts that Zig links into the native library: LLVM's, and its own for each system. */
function nativeLicenses(): readonly string[] {
  const [, library] = /^\s*\.?"?lib_dir"?[ =:]+"(.*)",$/m.exec(run("zig", "env")) ?? [];
  if (library === undefined) {
    throw new Error("`zig env` does not say where Zig's library is");
  }
  const parts = {
    "Zig, its runtime library": library,
    "LLVM libc++": join(library, "libcxx"),
    "LLVM libc++abi": join(library, "libcxxabi"),
    "LLVM libunwind": join(library, "libunwind"),
    "MinGW-w64, on Windows": join(library, "libc/mingw"),
  };
  return Object.entries(parts).map(([title, folder]) =>
    section(`${title} (Zig ${zigVersion})`, readLicense(folder)),
  );
}

function readLicense(folder: string): string {
  const names = readdirSync(folder).toSorted();
  const file = names.find((name) => /^(?:licen[cs]e|copying)\b/i.test(name));
  if (file === undefined) {
    throw new Error(`${folder} has no file with its license`);
  }
  return readFileSync(join(folder, file), "utf8");
}

function section(title: string, text: string): string {
  return `${"=".repeat(80)}\n${title}\n${"=".repeat(80)}\n\n${text.replaceAll("\r\n", "\n").trim()}\n`;
}
