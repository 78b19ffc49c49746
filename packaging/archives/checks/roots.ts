/**
 * Folders with the files of another system, in which a program finds its libraries.
 */
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { run } from "../run.ts";
import type { Target } from "../targets.ts";
import { Impossible, requireProgram } from "./check.ts";

/** Names of one processor. */
interface Processor {
  /** In the names of Debian's packages. */
  readonly debian: string;
  /** In the names of the C library's files, and of cross-compilers. */
  readonly gnu: string;
}

const PROCESSORS: Readonly<Record<string, Processor>> = {
  x64: { debian: "amd64", gnu: "x86_64" },
  arm64: { debian: "arm64", gnu: "aarch64" },
};

/** A folder with the libraries of a system, and its name for the table. */
export interface Root {
  readonly title: string;
  readonly path: string;
}

/** The processor of a target for Linux. */
export function processorOf({ name }: Target): Processor {
  const processor = PROCESSORS[name.split("-")[1] ?? ""];
  if (processor === undefined) {
    throw new Error(`no target for Linux: ${name}`);
  }
  return processor;
}

/** The oldest Debian whose packages can still be had, which scripts/check-release installs. */
const DEBIAN = { title: "Debian 11, glibc 2.31", root: ".tools/roots/bullseye-" } as const;

/** Returns a root with an old glibc, or for another processor with that of its cross-compiler. */
export function glibcRoot(target: Target): Root {
  const { debian, gnu } = processorOf(target);
  const path = resolve(DEBIAN.root + debian);
  const compiler = { title: "glibc", path: `/usr/${gnu}-linux-gnu` };
  const root = [{ title: DEBIAN.title, path }, compiler].find((each) =>
    existsSync(join(each.path, "lib")),
  );
  if (root === undefined) {
    throw new Impossible("scripts/check-release installs the root, as root, with debootstrap");
  }
  return root;
}

/**
 * Makes a root as Alpine's: musl, the C++ library, and nothing else. Debian has musl, but no C++
 * library linked against musl, so one is made of GCC's objects, as that of Alpine's package is.
 */
export async function makeMuslRoot(target: Target, scratch: string): Promise<Root> {
  requireProgram("zig", "zig");
  const { gnu } = processorOf(target);
  const path = join(scratch, `musl-${gnu}`);
  for (const folder of ["lib", "etc", "dev", "proc", dirname(scratch)]) {
    mkdirSync(join(path, folder), { recursive: true });
  }
  await Bun.write(join(path, "etc/hosts"), "127.0.0.1 localhost\n");
  copyFileSync(await findMusl(target, scratch), join(path, `lib/ld-musl-${gnu}.so.1`));
  const source = join(scratch, "glibc-only.c");
  await Bun.write(source, GLIBC_ONLY);
  const compiler = `${gnu}-linux-gnu-g++`;
  requireProgram(compiler, `g++-${gnu.replace("_", "-")}-linux-gnu`);
  const [standard = "", ...others] = ["libstdc++.a", "libgcc_eh.a", "libgcc.a"].map((name) =>
    run(compiler, `-print-file-name=${name}`).trim(),
  );
  run(
    ...["zig", "cc", "-target", `${gnu}-linux-musl`, "-shared", "-O3", "-s", source],
    ...["-Wl,--whole-archive", standard, "-Wl,--no-whole-archive", ...others],
    ...["-Wl,-soname,libstdc++.so.6", "-o", join(path, "lib/libstdc++.so.6")],
  );
  return { title: "musl", path };
}

/** Returns the path of musl: that of this machine, or that which came with the Debian root. */
async function findMusl(target: Target, scratch: string): Promise<string> {
  const { debian, gnu } = processorOf(target);
  const installed = `/lib/ld-musl-${gnu}.so.1`;
  if (existsSync(installed)) {
    return installed;
  }
  const packages = join(glibcRoot(target).path, "var/cache/apt/archives");
  const [archive] = await Array.fromAsync(new Bun.Glob(`${packages}/musl_*.deb`).scan());
  if (archive === undefined) {
    throw new Impossible("install musl to run it");
  }
  const folder = join(scratch, `musl-package-${debian}`);
  run("dpkg-deb", "--extract", archive, folder);
  const [library = ""] = await Array.fromAsync(new Bun.Glob("**/libc.so").scan(folder));
  return join(folder, library);
}

/** Functions that GCC's library for glibc calls, and that musl lacks. */
const GLIBC_ONLY = `
#include <locale.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <time.h>
char __libc_single_threaded = 0;
int __cxa_thread_atexit_impl(void (*f)(void*), void* object, void* dso) { return 0; }
int _dl_find_object(void* address, void* result) { return -1; }
unsigned long __getauxval(unsigned long type) { return getauxval(type); }
uint32_t arc4random(void) { uint32_t n; getrandom(&n, sizeof n, 0); return n; }
size_t __strftime_l(char* s, size_t n, const char* f, const struct tm* t, locale_t l) {
  return strftime_l(s, n, f, t, l);
}
`;
