/**
 * How this machine runs a target's program: natively, or in an emulator.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { run } from "../run.ts";
import type { Target } from "../targets.ts";
import { Impossible } from "./check.ts";

export interface Runner {
  /** For the table: "native", "qemu-aarch64", "wine64". */
  readonly name: string;
  /** The program with what runs it, to put before the arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Why the program cannot run here. */
  readonly obstacle?: string;
}

/** Finds a way to run an unpacked program. `scratch` is a folder for helpers. */
export async function findRunner(target: Target, folder: string, scratch: string): Promise<Runner> {
  const program = resolve(folder, target.executable);
  if (isThisMachine(target)) {
    return { name: "native", command: [program], environment: {} };
  }
  try {
    return await emulate(target, program, folder, scratch);
  } catch (thrown) {
    if (thrown instanceof Impossible) {
      return { name: "none", command: [program], environment: {}, obstacle: thrown.message };
    }
    throw thrown;
  }
}

function isThisMachine({ name }: Target): boolean {
  const system = { linux: "linux", darwin: "darwin", win32: "windows" }[process.platform as string];
  const libc = process.platform === "linux" && isMusl() ? "-musl" : "";
  return name === `${system}-${process.arch}${libc}`;
}

function isMusl(): boolean {
  return existsSync("/etc/alpine-release");
}

async function emulate(
  target: Target,
  program: string,
  folder: string,
  scratch: string,
): Promise<Runner> {
  switch (target.name) {
    case "linux-arm64":
      requireProgram("qemu-aarch64", "qemu-user");
      requireFile("/usr/aarch64-linux-gnu/lib/libc.so.6", "libc6-arm64-cross");
      return {
        name: "qemu-aarch64",
        command: ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu", program],
        environment: {},
      };
    case "linux-x64-musl":
      return useMusl(program, scratch);
    case "windows-x64":
      return useWine(program, folder, scratch);
    default:
      throw new Impossible(`no emulator for ${target.name} on this machine`);
  }
}

/**
 * Debian has musl, but no C++ library linked against musl. One is made of GCC's objects here, which
 * is how the library in Alpine's package is made too.
 */
async function useMusl(program: string, scratch: string): Promise<Runner> {
  requireFile("/lib/ld-musl-x86_64.so.1", "musl");
  requireProgram("zig", "zig");
  requireProgram("g++", "g++");
  const folder = join(scratch, "musl");
  const source = join(folder, "glibc-only.c");
  await Bun.write(source, GLIBC_ONLY);
  const archives = ["libstdc++.a", "libgcc_eh.a", "libgcc.a"].map((name) =>
    run("g++", `-print-file-name=${name}`).trim(),
  );
  const [standard = "", ...others] = archives;
  run(
    ...["zig", "cc", "-target", "x86_64-linux-musl", "-shared", source],
    ...["-Wl,--whole-archive", standard, "-Wl,--no-whole-archive", ...others],
    ...["-Wl,-soname,libstdc++.so.6", "-o", join(folder, "libstdc++.so.6")],
  );
  return { name: "musl", command: [program], environment: { LD_LIBRARY_PATH: folder } };
}

/** Functions that GCC's library for glibc calls, and that musl lacks. */
const GLIBC_ONLY = `
#include <locale.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/random.h>
#include <time.h>
char __libc_single_threaded = 0;
int __cxa_thread_atexit_impl(void (*f)(void*), void* object, void* dso) { return 0; }
int _dl_find_object(void* address, void* result) { return -1; }
uint32_t arc4random(void) { uint32_t n; getrandom(&n, sizeof n, 0); return n; }
size_t __strftime_l(char* s, size_t n, const char* f, const struct tm* t, locale_t l) {
  return strftime_l(s, n, f, t, l);
}
`;

async function useWine(program: string, folder: string, scratch: string): Promise<Runner> {
  const wine = ["/usr/bin/wine64", "/usr/lib/wine/wine64"].find((path) => existsSync(path));
  if (wine === undefined) {
    throw new Impossible("install wine64 to run it");
  }
  requireProgram("zig", "zig");
  // This version of Wine has no bcryptprimitives.dll, which the runtime takes random bytes from.
  const source = join(scratch, "bcryptprimitives.c");
  await Bun.write(source, RANDOM_BYTES_STUB);
  const stub = join(folder, "bcryptprimitives.dll");
  run("zig", "cc", "-target", "x86_64-windows-gnu", "-shared", source, "-ladvapi32", "-o", stub);
  const environment = { WINEPREFIX: join(scratch, "wine"), WINEDEBUG: "-all", DISPLAY: "" };
  return { name: "wine64", command: [wine, program], environment };
}

const RANDOM_BYTES_STUB = `
#include <stddef.h>
__declspec(dllimport) unsigned char __stdcall SystemFunction036(void*, unsigned long);
__declspec(dllexport) int __stdcall ProcessPrng(unsigned char* bytes, size_t length) {
  return SystemFunction036(bytes, (unsigned long)length);
}
`;

function requireProgram(name: string, found: string): void {
  if (Bun.which(name) === null) {
    throw new Impossible(`install ${found} to run it`);
  }
}

function requireFile(path: string, found: string): void {
  if (!existsSync(path)) {
    throw new Impossible(`install ${found} to run it`);
  }
}
