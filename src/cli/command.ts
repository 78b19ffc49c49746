/**
 * What a command is: data, and a function that runs it with parsed values.
 */
import type { Fault } from "../fault/fault.ts";
import type { Log } from "../log/log.ts";
import type { FlagSet } from "./flag.ts";
import type { SignalExitCodes } from "./interruption.ts";
import type { Parsed, Positional } from "./parse.ts";

export type Positionals = readonly Positional<unknown>[];

export interface Command<F extends FlagSet = FlagSet, P extends Positionals = Positionals> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly positionals: P;
  readonly flags: F;
  readonly examples: readonly Example[];
  /** The exit codes after a signal, where they are not the usual 128 + its number. */
  readonly exitCodes?: Partial<SignalExitCodes>;
  /** Whether it opens the log itself, once it has found nothing wrong with its input. */
  readonly logs?: boolean;
  /** With --json, what stdout gets for a command line that was not understood. */
  readonly misuseToJson?: (fault: Fault) => unknown;
  /** Throws a fault, or the signal's reason when it was interrupted. */
  readonly run: (input: Parsed<F, P>, context: Context) => Promise<void>;
}

/** A command as those see it who only tell of it: help, completion, reference, manual. */
export interface Description
  extends Pick<Command, "name" | "summary" | "examples" | "flags" | "exitCodes"> {
  readonly positionals: readonly Pick<Positional<unknown>, "name" | "help" | "offers">[];
}

export interface Example {
  readonly command: string;
  readonly shows: string;
}

/** What a command may touch of the process. */
export interface Context {
  /**
   * Aborts on the first SIGINT or SIGTERM; the command must end soon then, and should throw the
   * signal's reason.
   */
  readonly signal: AbortSignal;
  /** Writes a result to stdout, all of it before it resolves. */
  readonly print: (text: string) => Promise<void>;
  /** Opens the log that the global flags ask for. */
  readonly openLog: () => Promise<Log>;
  /**
   * Has this done on every SIGHUP from now on, unless that says that our terminal was closed: then
   * the signal aborts. Without it SIGHUP ends the program.
   */
  readonly onHangup: (action: () => void) => void;
  /** The socket of whoever supervises us (sd_notify(3)), if anybody does. */
  readonly notifySocket: string | undefined;
}

/** Keeps the types of a command's flags and positionals together. */
export function defineCommand<const F extends FlagSet, const P extends Positionals>(
  command: Command<F, P>,
): Command<F, P> {
  return command;
}
