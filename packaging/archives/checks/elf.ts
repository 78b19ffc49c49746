/**
 * What a file for Linux asks of the C library.
 */
import { run } from "../run.ts";
import type { Target } from "../targets.ts";
import { Impossible } from "./check.ts";

const MAX_GLIBC = "2.17";
/** The parts of the C library, under the names of glibc and of musl. */
const C_LIBRARY =
  /^(?:ld-linux-[\w-]+\.so\.\d|lib(?:c|m|dl|rt|pthread)\.so(?:\.6|\.[012])?|libc\.musl-\w+\.so\.1)$/;

/** Bun's executables for musl have their C++ library from the system. */
const MUSL_EXECUTABLE = ["libstdc++.so.6"];

/**
 * Returns the C library that a file needs. Throws an error when its glibc is too new, or when the
 * file needs other libraries.
 */
export function checkElf(path: string, { name }: Target, part: "executable" | "library"): string {
  const isMusl = name.endsWith("-musl");
  const others = isMusl && part === "executable" ? MUSL_EXECUTABLE : [];
  const needed = run("readelf", "--wide", "--dynamic", path).matchAll(/\(NEEDED\).*\[(.*)\]/g);
  const foreign = [...needed]
    .map(([, library = ""]) => library)
    .filter((library) => !(C_LIBRARY.test(library) || others.includes(library)));
  if (foreign.length > 0) {
    throw new Error(`needs ${foreign.join(", ")}`);
  }
  const newest = newestGlibc(path);
  if (isMusl) {
    if (newest !== undefined) {
      throw new Error(`needs glibc ${newest}`);
    }
    return ["musl", ...others].join(", ");
  }
  if (newest === undefined) {
    throw new Impossible("readelf shows no version of glibc");
  }
  if (newest.localeCompare(MAX_GLIBC, "en", { numeric: true }) > 0) {
    throw new Error(`needs glibc ${newest}, at most ${MAX_GLIBC}`);
  }
  return `glibc ${newest}`;
}

function newestGlibc(path: string): string | undefined {
  const symbols = run("readelf", "--wide", "--dyn-syms", path);
  const versions = [...symbols.matchAll(/@+GLIBC_([0-9.]+)/g)].map(([, version = ""]) => version);
  return versions.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
}
