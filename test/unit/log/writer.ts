/**
 * A process that only logs: opens a log, writes some records, closes it. Its one argument is the
 * job, in JSON. Every record with values has one that is undefined, and must not show it.
 */
import { openLog } from "../../../src/log/log.ts";
import type { LogLevel, LogSettings } from "../../../src/log/settings.ts";

export type Writing = readonly [LogLevel, string, Readonly<Record<string, unknown>>?];

export interface Job {
  readonly settings: LogSettings;
  readonly writings: readonly Writing[];
  readonly writingsAfterClose?: readonly Writing[];
  readonly umask?: number;
  /** Where the parent process lets stderr lead; default: a pipe. */
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
