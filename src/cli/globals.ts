/**
 * The flags that every command has.
 */
import { LOG_FORMATS, LOG_LEVELS } from "../log/settings.ts";
import { choiceFlag, switchFlag, textFlag } from "./flag.ts";

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
  logFile: textFlag({
    name: "log-file",
    placeholder: "PATH",
    fallback: undefined,
    group: GROUP,
    help: "append log records to this file too",
  }),
  noColor: switchFlag({
    name: "no-color",
    group: GROUP,
    help: "no colour on the terminal (NO_COLOR does the same)",
  }),
} as const;
