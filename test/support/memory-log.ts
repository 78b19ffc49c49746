/**
 * A log in memory.
 */
import type { Log } from "../../src/log/log.ts";
import { LOG_LEVELS, type LogLevel } from "../../src/log/settings.ts";

export interface Written {
  readonly level: LogLevel;
  readonly message: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface MemoryLog extends Log {
  readonly records: readonly Written[];
}

export function createMemoryLog(lowest: LogLevel = "debug"): MemoryLog {
  const records: Written[] = [];
  const enabled = (level: LogLevel) => LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(lowest);
  const writer =
    (level: LogLevel) =>
    (message: string, values: Written["values"] = {}) => {
      if (enabled(level)) {
        records.push({ level, message, values });
      }
    };
  return {
    records,
    enabled,
    debug: writer("debug"),
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
    reopen: () => undefined,
    close: () => undefined,
  };
}
