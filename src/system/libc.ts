/**
 * The C library, for the few things that the runtime does not offer. Linux only.
 */

const MAPS = "/proc/self/maps";

/**
 * The C library's absolute path, as this process has it mapped. Asking the loader by bare name
 * would make it look in the working directory.
 */
export async function findLibc(): Promise<string | undefined> {
  try {
    return libcAmong(await Bun.file(MAPS).text());
  } catch {
    return undefined; // No /proc here.
  }
}

/** The same for those who cannot wait, and do not mind what node:fs takes. */
export function findLibcAtOnce(): string | undefined {
  try {
    return libcAmong(process.getBuiltinModule("node:fs").readFileSync(MAPS, "utf8"));
  } catch {
    return undefined;
  }
}

function libcAmong(maps: string): string | undefined {
  return /\s(\/\S*\/(?:libc\.so\.6|libc\.musl-[^/\s]*|ld-musl-[^/\s]*))$/m.exec(maps)?.[1];
}
