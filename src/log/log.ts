/**
 * The log: records on stderr and in a file, as text or as JSON. A record is a short message and
 * named values. Its author decides what may be in it: no key material and no whole token at any
 * level, personal values at debug only.
 */
import type { SonicBoom } from "sonic-boom";
import { toFault } from "../fault/fault.ts";
import { openStderr, writeStderr } from "../io/stderr.ts";
import { openLogFile } from "./file.ts";
import { type Formatter, formatJson, formatText, type Values } from "./format.ts";
import { LOG_LEVELS, type LogLevel, type LogSettings } from "./settings.ts";

type Write = (message: string, values?: Values) => void;

export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** Whether records of this level are written; use it to skip making values that would be lost. */
  enabled(level: LogLevel): boolean;
  /** Opens the log file again, after it was moved away. */
  reopen(): void;
  /** Ends the log. Records may still wait for the reader of stderr: see `settleStderr`. */
  close(): void;
}

/** Opens the log. Throws a usage fault when its file cannot be opened. */
export async function openLog(settings: LogSettings): Promise<Log> {
  const { level, format, hasColor, file: path, maxFileSize } = settings;
  const toLine: Formatter = format === "json" ? formatJson : formatText;
  const file =
    path === undefined
      ? undefined
      : openLogFile(path, {
          maxSize: maxFileSize,
          onUnrotated: ({ message }) =>
            log.error("the log file cannot be rotated", { reason: message }),
        });
  const lowest = LOG_LEVELS.indexOf(level);
  let isOpen = true;

  const enabled = (wanted: LogLevel) => isOpen && LOG_LEVELS.indexOf(wanted) >= lowest;

  const writeAt = (at: LogLevel): Write => {
    return (message, values = {}) => {
      if (enabled(at)) {
        const record = { time: new Date(), level: at, message, values };
        writeStderr(toLine(record, hasColor));
        file?.write(toLine(record, false));
      }
    };
  };

  function reopen(): void {
    try {
      file?.reopen();
    } catch (thrown) {
      log.error("the log goes on in its old file", { reason: toFault(thrown).message });
    }
  }

  function close(): void {
    isOpen = false;
    file?.close();
  }

  const log: Log = {
    debug: writeAt("debug"),
    info: writeAt("info"),
    warn: writeAt("warn"),
    error: writeAt("error"),
    enabled,
    reopen,
    close,
  };
  reportLosses(await openStderr(), toLine);
  if (file !== undefined) {
    reportLosses(file.queue, toLine);
  }
  return log;
}

/** Writes how many records were dropped, at any level, as soon as there is room again. */
function reportLosses(queue: SonicBoom, toLine: Formatter): void {
  let records = 0;
  queue.on("drop", () => {
    records += 1;
  });
  queue.on("drain", () => {
    if (records > 0) {
      const values = { records };
      records = 0;
      const message = "log records were lost";
      queue.write(toLine({ time: new Date(), level: "warn", message, values }, false));
    }
  });
}
