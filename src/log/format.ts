/**
 * Records as lines: text for people, JSON for machines.
 */
import { printable, UNPRINTABLE } from "../fault/printable.ts";
import type { LogLevel } from "./settings.ts";

/** Named values of a record; one that is undefined is left out. */
export type Values = Readonly<Record<string, unknown>>;

export interface LogRecord {
  readonly time: Date;
  readonly level: LogLevel;
  readonly message: string;
  readonly values: Values;
}

/** Returns a record as a line that ends in a newline. */
export type Formatter = (record: LogRecord, isColored: boolean) => string;

/** As ANSI colours: blue, green, yellow, red. */
const COLORS: { readonly [L in LogLevel]: number } = { debug: 34, info: 32, warn: 33, error: 31 };

/** Returns "2026-11-23T00:05:12.345Z info  session finished session=7 outcome=ok" and a newline. */
export function formatText(
  { time, level, message, values }: LogRecord,
  isColored: boolean,
): string {
  const name = level.padEnd("error".length);
  const shownLevel = isColored ? `\u001b[${COLORS[level]}m${name}\u001b[39m` : name;
  let line = `${time.toISOString()} ${shownLevel} ${message}`;
  for (const [key, value] of Object.entries(values)) {
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

/** Returns an object on one line. Characters that could steer a terminal are escaped. */
export function formatJson({ time, level, message, values }: LogRecord): string {
  const json = JSON.stringify({
    "@timestamp": time.toISOString(),
    level: level.toUpperCase(),
    message,
    logger: "tlslp",
    properties: values,
  });
  return `${json.replace(UNPRINTABLE, escapeUnits)}\n`;
}

function escapeUnits(text: string): string {
  return text
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
