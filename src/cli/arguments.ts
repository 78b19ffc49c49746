/**
 * The command line as text. The runtime puts U+FFFD where it cannot read the bytes of an argument,
 * and a digest or a file of that would be another one than was meant.
 */
import { readFileSync } from "node:fs";
import { Fault } from "../fault.ts";

const UNREADABLE = "\ufffd";

/** Throws a usage fault for arguments that are not UTF-8, where the system shows them as they are. */
export function requireText(args: readonly string[]): void {
  if (args.some((text) => text.includes(UNREADABLE)) && !isText(givenBytes())) {
    throw new Fault("usage", "the command line is not text in UTF-8");
  }
}

function givenBytes(): Uint8Array {
  try {
    return readFileSync("/proc/self/cmdline");
  } catch {
    return new Uint8Array(); // Another system, or no /proc.
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
