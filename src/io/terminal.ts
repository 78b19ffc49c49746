/**
 * Terminals.
 */
import { isatty } from "node:tty";

/** Whether a standard stream is a terminal; a stream that was closed at the start is none. */
export function isTerminal(stream: number): boolean {
  return isatty(stream);
}
