/**
 * Whether anybody looks.
 */

interface TerminalBinding {
  isTTY(descriptor: number): boolean;
}

/** Whether a standard stream is a terminal; one that was closed when we were started is none. */
export function isTerminal(stream: number): boolean {
  // What node:tty itself asks. To load that, or node:fs, takes megabytes of memory, and most often
  // only to hear that there is no terminal.
  const terminals = process.binding("tty_wrap") as TerminalBinding;
  return terminals.isTTY(stream);
}
