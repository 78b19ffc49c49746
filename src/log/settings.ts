/**
 * The settings of the log, in a file of their own: reading flags must not load the library.
 */

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface LogSettings {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Appended to, as well as stderr; created for its owner alone. */
  readonly file: string | undefined;
  /** Whether the levels have colours on stderr; never in the file. */
  readonly hasColor?: boolean;
}
