/**
 * Colours on a terminal.
 */
import { GLOBAL_FLAGS } from "./globals.ts";
import { STDERR } from "./output.ts";
import { type Environment, isSwitchedOn } from "./parse.ts";
import { isTerminal } from "./terminal.ts";

/**
 * Returns whether text on stderr may have colours: on a terminal that can show them, unless
 * `--no-color`, its variable or NO_COLOR forbids it. Takes the arguments before they are parsed, so
 * that the error about a bad argument can have colours too.
 */
export async function usesColor(
  args: readonly string[],
  environment: Environment,
): Promise<boolean> {
  const { TERM: terminal = "dumb", NO_COLOR: noColor = "" } = environment;
  return (
    terminal !== "dumb" &&
    noColor === "" &&
    !isSwitchedOn(GLOBAL_FLAGS.noColor, args, environment) &&
    (await isTerminal(STDERR))
  );
}

export function red(text: string): string {
  return `\u001b[31m${text}\u001b[39m`;
}

export function bold(text: string): string {
  return `\u001b[1m${text}\u001b[22m`;
}
