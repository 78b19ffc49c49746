/**
 * The flags that every command has.
 */
import { LOG_FORMATS, LOG_LEVELS, type LogLevel } from "../log/settings.ts";
import { choiceFlag, fileFlag, readChoice, switchFlag, valueFlag } from "./flag.ts";

const GROUP = "Everywhere";

export const GLOBAL_FLAGS = {
  logLevel: valueFlag(
    {
      name: "log-level",
      placeholder: LOG_LEVELS.join("|"),
      offers: LOG_LEVELS,
      fallback: "info" as const,
      group: GROUP,
      help: "the least important log records to show",
    },
    readLogLevel,
  ),
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
    help: "append log records to this file too; SIGUSR1 opens it again",
  }),
  noColor: switchFlag({
    name: "no-color",
    group: GROUP,
    help: "no colour on the terminal, as with NO_COLOR",
  }),
} as const;

/** The names that Python's logging has for two of the levels. */
const SYNONYMS: ReadonlyMap<string, LogLevel> = new Map([
  ["warning", "warn"],
  ["critical", "error"],
]);

function readLogLevel(value: string, setting: string): LogLevel {
  const level = value.toLowerCase();
  const known = SYNONYMS.get(level) ?? LOG_LEVELS.find((name) => name === level);
  // Read again, so that an error quotes the text as it was given.
  return known ?? readChoice(value, setting, LOG_LEVELS);
}
