/**
 * Whether anybody looks.
 */

/** Whether a standard stream is a terminal. */
export function isTerminal(stream: number): boolean {
  // Most often it is none, and node:tty takes memory and time to say so. So does node:fs: most
  // commands end before they ask.
  return canBeTerminal(stream) && process.getBuiltinModule("node:tty").isatty(stream);
}

/** Terminals are character devices; so is /dev/null, to which goes what nobody wants to see. */
function canBeTerminal(stream: number): boolean {
  const { fstatSync, statSync } = process.getBuiltinModule("node:fs");
  try {
    const status = fstatSync(stream);
    const nowhere = statSync("/dev/null", { throwIfNoEntry: false })?.rdev;
    return status.isCharacterDevice() && status.rdev !== nowhere;
  } catch {
    return false; // It was closed when we were started.
  }
}
