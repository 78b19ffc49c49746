/**
 * The terminal, where the program runs on one.
 */
import { orAborted } from "../deadline.ts";
import { printNote, STDERR } from "./output.ts";

const STDIN = 0;
const STDOUT = 1;

/** Returns whether a descriptor is a terminal. Loading the module takes 3 ms of a start. */
export async function isTerminal(descriptor: number): Promise<boolean> {
  const { isatty } = await import("node:tty");
  return isatty(descriptor);
}

/** Returns the columns of the terminal that shows stdout; undefined if it is no terminal. */
export async function terminalColumns(): Promise<number | undefined> {
  return (await isTerminal(STDOUT)) ? process.stdout.columns || 80 : undefined;
}

/** Returns whether a person can be asked: they see stderr, and type on stdin. */
export async function canAsk(): Promise<boolean> {
  return (await isTerminal(STDIN)) && (await isTerminal(STDERR));
}

/** Asks a question; anything but `y` or `yes` is a no. Throws the signal's reason on abort. */
export async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import("node:readline");
  const { promise, resolve } = Promise.withResolvers<string>();
  // The terminal stays in its own mode, in which Ctrl-C is a signal.
  const lines = createInterface({ input: process.stdin, terminal: false });
  lines.once("line", resolve);
  lines.once("close", () => resolve(""));
  printNote(`${question} [y/N] `);
  try {
    return /^\s*y(?:es)?\s*$/i.test(await orAborted(promise, signal));
  } finally {
    lines.close();
  }
}
