/**
 * The shape of a command: data, and a function that runs it with parsed values.
 */
import type { CommandDef } from "citty";
import type { Voice } from "../fault/define.ts";
import type { Fault } from "../fault/fault.ts";
import type { Log } from "../log/log.ts";
import type { FlagSet } from "./flag.ts";
import type { Parsed, Positional, Positionals } from "./parse.ts";
import type { SignalExitCodes } from "./signals.ts";

/** The parts of a command that help, completion, reference and manual show. */
export interface Description {
  readonly meta: {
    /** The words after `tlslp`: one, or two for a command of a group. */
    readonly name: string;
    /** One line: what the command does. */
    readonly description: string;
  };
  readonly positionals: readonly Pick<
    Positional<unknown>,
    "name" | "help" | "offers" | "repeatable" | "optional"
  >[];
  readonly flags: FlagSet;
  readonly examples: readonly Example[];
  /** The exit codes after a signal that differ from the usual 128 + its number. */
  readonly exitCodes?: Partial<SignalExitCodes>;
}

/** A command as it is declared, with its own flags. */
export interface CommandDeclaration<
  F extends FlagSet = FlagSet,
  P extends Positionals = Positionals,
> extends Description {
  readonly positionals: P;
  readonly flags: F;
  /** Whether it opens the log itself, after it has checked its input. */
  readonly logs?: boolean;
  /** Makes the object for stdout with --json when the command line cannot be parsed. */
  readonly misuseToJson?: (fault: Fault, voice: Voice) => object;
  /** Throws a fault, or the signal's reason when it was interrupted. */
  readonly run: (input: Parsed<F, P>, context: Context) => Promise<void>;
}

/** A command as citty runs it, with all its flags. */
export interface Command extends Description, Omit<CommandDef, "meta"> {}

/** Commands with their first word in common, such as `submissions list` and `submissions show`. */
export interface CommandGroup {
  readonly meta: Description["meta"];
  /** The command that runs where none of the others is named; without it the help is shown. */
  readonly own?: () => Promise<Command>;
  /** In the order of the help, by the last word of their names. */
  readonly subCommands: Readonly<Record<string, () => Promise<Command>>>;
}

/** A group with the descriptions of its commands. */
export interface GroupDescription extends Pick<CommandGroup, "meta"> {
  readonly own?: Description;
  readonly members: readonly Description[];
}

export interface Example {
  readonly command: string;
  readonly shows: string;
}

/** The process, as far as a command may use it. */
export interface Context {
  /**
   * Aborts on the first SIGINT or SIGTERM; the command must end soon then, and should throw the
   * signal's reason.
   */
  readonly signal: AbortSignal;
  /** Writes a result to stdout; resolves when all its bytes are written. */
  readonly print: (text: string) => Promise<void>;
  /** Opens the log that the global flags ask for. */
  readonly openLog: () => Promise<Log>;
  /**
   * Runs the action on every SIGHUP from now on, except the one that says that our terminal was
   * closed: then the signal aborts. Without an action SIGHUP ends the program.
   */
  readonly onHangup: (action: () => void) => Promise<void>;
  /** The socket of a supervisor such as systemd (sd_notify(3)), if there is one. */
  readonly notifySocket: string | undefined;
  /** Makes sentences of faults, with settings named as the user gave them. */
  readonly voice: Voice;
}
