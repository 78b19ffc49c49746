/**
 * Whether anybody looks.
 */
import { fstatSync } from "node:fs";

/** Whether a standard stream is a terminal. */
export function isTerminal(stream: number): boolean {
  // Most often it is none, and node:tty takes memory and time to say so.
  return isCharacterDevice(stream) && process.getBuiltinModule("node:tty").isatty(stream);
}

function isCharacterDevice(stream: number): boolean {
  try {
    return fstatSync(stream).isCharacterDevice();
  } catch {
    return false; // It was closed when we were started.
  }
}
