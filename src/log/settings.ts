/**
 * The settings of the log.
 */

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ["text", "json"] as const;
type LogFormat = (typeof LOG_FORMATS)[number];

export interface LogSettings {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** A file that gets the records too; created for its owner alone, and appended to. */
  readonly file: string | undefined;
  /** The size in bytes at which the file is rotated; 0 for never. */
  readonly maxFileSize: number;
  /** Whether the levels have colours on stderr; never in the file. */
  readonly hasColor: boolean;
}
