/**
 * A process that opens a log, writes some records, and closes it. Its one argument is the job, in
 * JSON. Each record with values also gets one that is undefined, which must not appear.
 */
import { openLog } from "../../../src/log/log.ts";
import type { LogLevel, LogSettings } from "../../../src/log/settings.ts";

export type Writing = readonly [LogLevel, string, Readonly<Record<string, unknown>>?];

export interface Job {
  readonly settings: LogSettings;
  readonly writings: readonly Writing[];
  readonly writingsAfterClose?: readonly Writing[];
  readonly umask?: number;
  /** The file to which the parent process connects stderr; default: a pipe. */
  readonly stderr?: string;
}

const [, , argument = ""] = process.argv;
const { settings, writings, writingsAfterClose = [], umask }: Job = JSON.parse(argument);

if (umask !== undefined) {
  process.umask(umask);
}
const log = await openLog(settings);
for (const [level, message, values] of writings) {
  log[level](message, values && { absent: undefined, ...values });
}
log.close();
for (const [level, message, values] of writingsAfterClose) {
  log[level](message, values);
}
