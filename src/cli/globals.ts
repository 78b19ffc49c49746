/**
 * The flags that every command has.
 */
import { LOG_FORMATS, LOG_LEVELS } from "../log/settings.ts";
import type { Command, Description, Positionals } from "./command.ts";
import { choiceFlag, type FlagSet, fileFlag, switchFlag } from "./flag.ts";

const GROUP = "Everywhere";

export const GLOBAL_FLAGS = {
  logLevel: choiceFlag({
    name: "log-level",
    choices: LOG_LEVELS,
    fallback: "info",
    group: GROUP,
    help: "the least important log records to show",
  }),
  logFormat: choiceFlag({
    name: "log-format",
    choices: LOG_FORMATS,
    fallback: "text",
    group: GROUP,
    help: "log records for people or for machines",
  }),
  logFile: fileFlag({
    name: "log-file",
    fallback: undefined,
    group: GROUP,
    help: "append log records to this file too; SIGUSR1 opens it anew",
  }),
  noColor: switchFlag({
    name: "no-color",
    group: GROUP,
    help: "no colour on the terminal, as with NO_COLOR",
  }),
} as const;

/** A command with all its flags, the global ones included. */
export function withGlobals<F extends FlagSet, P extends Positionals>(
  command: Command<F, P>,
): Description {
  return { ...command, flags: { ...command.flags, ...GLOBAL_FLAGS } };
}
