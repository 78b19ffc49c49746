/**
 * The words that may follow `tlslp` instead of a command.
 */

interface TopLevel {
  readonly names: readonly [string, ...string[]];
  readonly help: string;
}

export const HELP_COMMAND: TopLevel = { names: ["help"], help: "show the help of a command" };
/** Every command has it too. */
export const HELP_FLAG: TopLevel = { names: ["--help", "-h"], help: "show the help" };
export const VERSION_FLAG: TopLevel = { names: ["--version"], help: "show the version" };
