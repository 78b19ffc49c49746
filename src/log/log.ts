/**
 * The log: what happened, for people or for machines, on stderr and in a file. A record is a short
 * message and named values; who writes one decides what may be in it: no key material and no whole
 * token at any level, personal values at debug only.
 */
import {
  configureSync,
  getJsonLinesFormatter,
  getLogger,
  type LogRecord,
  resetSync,
} from "@logtape/logtape";
import { toFault } from "../fault/fault.ts";
import { printable } from "../fault/printable.ts";
import { openLogFile } from "./file.ts";
import { LOG_LEVELS, type LogLevel, type LogSettings } from "./settings.ts";
import { openLogStream } from "./stream.ts";

/** What is undefined is left out. */
type Values = Readonly<Record<string, unknown>>;
type Write = (message: string, values?: Values) => void;

export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** Whether records of this level are written: what only they need is not worth making else. */
  enabled(level: LogLevel): boolean;
  /** Goes on in a new file of the same path, if the old one was moved away. */
  reopen(): void;
  /** Writes nothing more, but what still waits for the reader of stderr. */
  close(): void;
}

const STDERR = 2;
const CATEGORY = ["tlslp"];

/** The library's mark of a sink that keeps no record: what it is handed need not be a copy. */
const IMMEDIATE = Symbol.for("LogTape.sinkSnapshotPolicy.immediate");

/** Opens the log. Throws a usage fault when its file cannot be opened. */
export function openLog({ level, format, file }: LogSettings): Log {
  const logFile = file === undefined ? undefined : openLogFile(file);
  const toLine = format === "json" ? getJsonLinesFormatter() : formatText;
  const stream = openLogStream(STDERR, (records) =>
    toLine(makeRecord("warning", "log records were lost", { records })),
  );
  const writeRecord = (record: LogRecord) => {
    const line = toLine(record);
    stream.write(line);
    logFile?.write(line);
  };
  const sink = Object.assign(writeRecord, { [IMMEDIATE]: true });
  configureSync({
    reset: true,
    sinks: { sink },
    loggers: [
      { category: CATEGORY, lowestLevel: level === "warn" ? "warning" : level, sinks: ["sink"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["sink"] },
    ],
  });
  const logger = getLogger(CATEGORY);
  const lowest = LOG_LEVELS.indexOf(level);

  const writeAt = (at: LogRecord["level"]): Write => {
    return (message, values = {}) => logger.emit(makeRecord(at, message, values));
  };

  function reopen(): void {
    try {
      logFile?.reopen();
    } catch (thrown) {
      const reason = toFault(thrown).message;
      logger.error("the log goes on in its old file", { reason });
    }
  }

  return {
    debug: writeAt("debug"),
    info: writeAt("info"),
    warn: writeAt("warning"),
    error: writeAt("error"),
    enabled: (wanted) => LOG_LEVELS.indexOf(wanted) >= lowest,
    reopen,
    close() {
      resetSync();
      stream.close();
      logFile?.close();
    },
  };
}

/** A finished record: of a message that might be a template the library makes much more. */
function makeRecord(level: LogRecord["level"], message: string, properties: Values): LogRecord {
  return {
    category: CATEGORY,
    level,
    timestamp: Date.now(),
    message: [message],
    rawMessage: message,
    properties,
  };
}

/** One line for people, made with less effort than by the library: a busy server makes many. */
function formatText({ timestamp, level, message, properties }: LogRecord): string {
  // As the levels are called in --log-level.
  const name = (level === "warning" ? "warn" : level).padEnd("error".length);
  let line = `${new Date(timestamp).toISOString()} ${name} ${message.join("")}`;
  for (const key in properties) {
    const value = properties[key];
    if (value !== undefined) {
      line += ` ${key}=${formatValue(value)}`;
    }
  }
  return `${line}\n`;
}

function formatValue(value: unknown): string {
  const text = printable(String(value));
  return /[\s"=]/.test(text) || text === "" ? JSON.stringify(text) : text;
}
