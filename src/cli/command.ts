/**
 * What a command is: data, and a function from parsed values to an exit.
 */
import type { Log } from "../log/log.ts";
import type { FlagSet, FlagValues } from "./flag.ts";
import type { SignalExitCodes } from "./interruption.ts";
import type { Positional } from "./parse.ts";

export interface Command<F extends FlagSet = FlagSet> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly positionals: readonly Positional[];
  readonly flags: F;
  readonly examples: readonly Example[];
  /** The exit codes after a signal, where they are not the usual 128 + its number. */
  readonly exitCodes?: Partial<SignalExitCodes>;
  /** Returns the exit code, 0 when it returns nothing; throws a fault. */
  readonly run: (input: Input<F>, context: Context) => Promise<number | undefined>;
}

export interface Example {
  readonly command: string;
  readonly shows: string;
}

export interface Input<F extends FlagSet> {
  readonly flags: FlagValues<F>;
  readonly positionals: readonly string[];
}

/** What a command may touch of the process. */
export interface Context {
  /**
   * Aborts on the first SIGINT or SIGTERM; the command must end soon then, and should throw the
   * signal's reason.
   */
  readonly signal: AbortSignal;
  /** Writes a result to stdout, all of it before it returns. */
  readonly print: (text: string) => void;
  /** Opens the log that the global flags ask for. */
  readonly openLog: () => Promise<Log>;
}

/** Keeps the types of a command's flags together. */
export function defineCommand<const F extends FlagSet>(command: Command<F>): Command<F> {
  return command;
}
