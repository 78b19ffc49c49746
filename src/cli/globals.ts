/**
 * The flags that every command has.
 */
import { Fault } from "../fault/fault.ts";
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
  logMaxSize: valueFlag(
    {
      name: "log-max-size",
      placeholder: "SIZE",
      fallback: 50e6,
      shownDefault: "50MB",
      group: GROUP,
      help: "rotate the log file at this size, such as 500KB or 1GB; 0 for never",
    },
    readSize,
  ),
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

/** Bytes, by the first letter of a unit. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["K", 1e3],
  ["M", 1e6],
  ["G", 1e9],
]);

/** Parses a size in bytes: "50MB" is 50,000,000. */
function readSize(value: string, setting: string): number {
  const [, digits = "", letter = ""] = /^(\d{1,6})(?:([KMG])B)?$/i.exec(value) ?? [];
  const unit = UNITS.get(letter.toUpperCase());
  if (digits === "" || unit === undefined) {
    throw new Fault("notSize", { setting, value });
  }
  return Number(digits) * unit;
}
