/**
 * The systems that a release is built for.
 */

import { readFileSync } from "node:fs";

export interface Target {
  /** As in the names of archives and packages. */
  readonly name: string;
  /** The name that Bun gives to the same target. */
  readonly bun: Bun.Build.CompileTarget;
  readonly executable: string;
  readonly archive: "tar.xz" | "zip";
}

const LINUX = { executable: "tlslp", archive: "tar.xz" } as const;
const MACOS = { executable: "tlslp", archive: "tar.xz" } as const;
const WINDOWS = { executable: "tlslp.exe", archive: "zip" } as const;

export const TARGETS: readonly Target[] = [
  { name: "linux-x64", bun: "bun-linux-x64", ...LINUX },
  { name: "linux-arm64", bun: "bun-linux-arm64", ...LINUX },
  { name: "linux-x64-musl", bun: "bun-linux-x64-musl", ...LINUX },
  { name: "linux-arm64-musl", bun: "bun-linux-arm64-musl", ...LINUX },
  { name: "darwin-arm64", bun: "bun-darwin-arm64", ...MACOS },
  { name: "darwin-x64", bun: "bun-darwin-x64", ...MACOS },
  { name: "windows-x64", bun: "bun-windows-x64", ...WINDOWS },
  { name: "windows-arm64", bun: "bun-windows-arm64", ...WINDOWS },
];

/** The target of a name. Throws an error that lists all names when there is none. */
export function findTarget(name: string): Target {
  const target = TARGETS.find((each) => each.name === name);
  if (target === undefined) {
    const names = TARGETS.map((each) => each.name).join(", ");
    throw new Error(`no target is called ${name}; there are ${names}`);
  }
  return target;
}

/** Where CMake's preset `ship-<name>` leaves a target's native library. */
export function libraryPath({ name }: Target): string {
  return `build/native/ship-${name}/search-library.bin`;
}

/** The name that Zig gives to a target, from its toolchain file. */
export function zigTarget({ name }: Target): string {
  const path = `cpp/toolchains/zig-${name}.cmake`;
  const [, found] = /TLSLP_ZIG_TARGET (\S+)\)/.exec(readFileSync(path, "utf8")) ?? [];
  if (found === undefined) {
    throw new Error(`${path} does not set TLSLP_ZIG_TARGET`);
  }
  return found;
}
