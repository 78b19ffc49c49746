/**
 * The C library, for the few things that the runtime does not offer. Linux only.
 */
import { readFileSync } from "node:fs";

/**
 * The C library's absolute path, as this process has it mapped. Asking the loader by bare name
 * would make it look in the working directory.
 */
export function findLibc(): string | undefined {
  try {
    const maps = readFileSync("/proc/self/maps", "utf8");
    return /\s(\/\S*\/(?:libc\.so\.6|libc\.musl-[^/\s]*|ld-musl-[^/\s]*))$/m.exec(maps)?.[1];
  } catch {
    return undefined; // No /proc here.
  }
}
