/**
 * How npm names the systems that a platform package is for.
 */

export interface NpmPlatform {
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc?: readonly string[];
}

/** Returns the name of a target's platform package. */
export function platformPackage(target: string): string {
  return `@tlslp/${target}`;
}

/** Returns the systems that npm installs a target's platform package on. */
export function platformOf(target: string): NpmPlatform {
  const [system = "", processor = "", libc] = target.split("-");
  return {
    os: [system === "windows" ? "win32" : system],
    cpu: [processor],
    ...(system === "linux" ? { libc: [libc ?? "glibc"] } : {}),
  };
}

/** Returns the file name of a target's native library. */
export function libraryName(target: string): string {
  if (target.startsWith("windows-")) {
    return "tlslp-search.dll";
  }
  return target.startsWith("darwin-") ? "libtlslp-search.dylib" : "libtlslp-search.so";
}
