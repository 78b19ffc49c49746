/**
 * The log: what happened, for people or for machines, on stderr and in a file. A record is a short
 * message and named values; who writes one decides what may be in it: no key material and no whole
 * token at any level, personal values at debug only.
 */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import {
  configureSync,
  getJsonLinesFormatter,
  getLogger,
  getTextFormatter,
  type LogRecord,
  resetSync,
} from "@logtape/logtape";
import { errorCode, Fault } from "../fault.ts";
import { writeAll } from "../files/write.ts";
import { printable } from "../printable.ts";
import { LOG_LEVELS, type LogLevel, type LogSettings } from "./settings.ts";

type Values = Readonly<Record<string, unknown>>;
type Write = (message: string, values?: Values) => void;

export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** Whether records of this level are written: what only they need is not worth making else. */
  enabled(level: LogLevel): boolean;
  /** Writes nothing more. */
  close(): void;
}

const STDERR = 2;

/** Opens the log. Throws a usage fault when its file cannot be opened. */
export function openLog({ level, format, file }: LogSettings): Log {
  const descriptor = file === undefined ? undefined : openLogFile(file);
  const toLine = format === "json" ? getJsonLinesFormatter() : formatText;
  const targets = descriptor === undefined ? [STDERR] : [STDERR, descriptor];
  const sink = (record: LogRecord) => {
    const line = toLine(record);
    for (const target of targets) {
      writeLine(target, line);
    }
  };
  configureSync({
    reset: true,
    sinks: { sink },
    loggers: [
      { category: "tlslp", lowestLevel: level === "warn" ? "warning" : level, sinks: ["sink"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["sink"] },
    ],
  });
  const logger = getLogger("tlslp");
  return {
    debug: (message, values) => logger.debug(message, values),
    info: (message, values) => logger.info(message, values),
    warn: (message, values) => logger.warn(message, values),
    error: (message, values) => logger.error(message, values),
    enabled: (wanted) => LOG_LEVELS.indexOf(wanted) >= LOG_LEVELS.indexOf(level),
    close() {
      resetSync();
      if (descriptor !== undefined) {
        closeSync(descriptor);
      }
    },
  };
}

const formatText = getTextFormatter({
  timestamp: "rfc3339",
  level: "full",
  format: ({ timestamp, level, message, record }) =>
    [timestamp, level.padEnd("warning".length), message, ...pairs(record.properties)].join(" "),
});

function pairs(values: Values): string[] {
  return Object.entries(values).map(([name, value]) => {
    const text = printable(String(value));
    return `${name}=${/[\s"=]/.test(text) || text === "" ? JSON.stringify(text) : text}`;
  });
}

// Without waiting: a named pipe must be refused, not opened for ever.
const LOG_FILE_FLAGS =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

function openLogFile(path: string): number {
  try {
    const descriptor = openSync(path, LOG_FILE_FLAGS, 0o600);
    if (fstatSync(descriptor).isFile()) {
      return descriptor;
    }
    closeSync(descriptor);
  } catch (cause) {
    const code = errorCode(cause);
    throw new Fault("usage", `--log-file ${path} cannot be opened: ${code}`, { cause });
  }
  throw new Fault("usage", `--log-file ${path} is not a regular file`);
}

function writeLine(target: number, line: string): void {
  try {
    writeAll(target, line);
  } catch {
    // A full disk or a closed terminal must not end what is being logged.
  }
}
