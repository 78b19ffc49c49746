/**
 * The command line and the environment as text. The runtime puts U+FFFD where it cannot read the
 * bytes of an argument or a variable, and a digest or a file of that would be another one than was
 * meant.
 */
import { oldFault } from "../fault/fault.ts";
import type { Environment } from "./parse.ts";

const UNREADABLE = "\ufffd";

/** Throws a usage fault for arguments that are not UTF-8, where the system shows them as they are. */
export function requireText(args: readonly string[]): void {
  if (args.some((text) => text.includes(UNREADABLE)) && !isText(read("/proc/self/cmdline"))) {
    throw oldFault("usage", "the command line is not text in UTF-8");
  }
}

/** The same for variables, by their names. */
export function requireTextIn(environment: Environment, names: Iterable<string>): void {
  for (const name of names) {
    if (environment[name]?.includes(UNREADABLE) && !isText(bytesOf(name))) {
      throw oldFault("usage", `${name} is not text in UTF-8`);
    }
  }
}

/** A variable as it was given to us. */
function bytesOf(name: string): Uint8Array {
  const given = read("/proc/self/environ");
  const begin = `\0${given.toString("latin1")}`.indexOf(`\0${name}=`);
  const end = given.indexOf(0, begin);
  return begin < 0 ? new Uint8Array() : given.subarray(begin, end < 0 ? undefined : end);
}

function read(path: string): Buffer {
  try {
    // Nearly nobody needs it, and it takes memory.
    return process.getBuiltinModule("node:fs").readFileSync(path);
  } catch {
    return Buffer.alloc(0); // Another system, or no /proc.
  }
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
