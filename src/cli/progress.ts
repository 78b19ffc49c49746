/**
 * The live line of a search, on a terminal: how much was tried, how fast, and what to expect. The
 * number of attempts that a search needs is exponentially distributed with mean 2^bits, so what has
 * been tried says nothing about how long the rest takes.
 */
import { isatty } from "node:tty";
import { warn } from "./output.ts";

export interface Attempts {
  readonly attempts: number;
  readonly seconds: number;
}

export interface ProgressLine {
  show(progress: Attempts): void;
  /** Leaves the terminal as it was. */
  clear(): void;
}

const STDERR = 2;
const TO_START_AND_CLEAR = "\r\x1b[K";

/** Nothing when stderr is not a terminal that can redraw a line. */
export function createProgressLine(
  bits: number,
  term: string | undefined,
): ProgressLine | undefined {
  if (!isatty(STDERR) || term === undefined || term === "dumb") {
    return undefined;
  }
  let shown = false;
  return {
    show(progress) {
      shown = true;
      const width = process.stderr.columns || 80;
      // One column stays free: a full line would wrap on some terminals.
      warn(TO_START_AND_CLEAR + describeProgress(bits, progress).slice(0, width - 1));
    },
    clear() {
      if (shown) {
        warn(TO_START_AND_CLEAR);
      }
    },
  };
}

/** "12.3 M tried, 45.6 MH/s, 52.0 % likely by now, about 0.3 s to go" */
export function describeProgress(bits: number, { attempts, seconds }: Attempts): string {
  const rate = seconds > 0 ? attempts / seconds : 0;
  const chance = -Math.expm1(-attempts / 2 ** bits);
  const left = rate > 0 ? `about ${formatDuration(2 ** bits / rate)} to go` : "starting";
  const percent = (100 * chance).toFixed(1);
  return `${formatCount(attempts).trimEnd()} tried, ${formatCount(rate)}H/s, ${percent} % likely by now, ${left}`;
}

const PREFIXES = ["", "k", "M", "G", "T", "P", "E"] as const;

/** Three significant digits and an SI prefix: "12.3 M". */
export function formatCount(count: number): string {
  let scaled = count;
  let index = 0;
  while (scaled >= 999.5 && index < PREFIXES.length - 1) {
    scaled /= 1000;
    index += 1;
  }
  const digits = index === 0 || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${scaled.toFixed(digits)} ${PREFIXES[index]}`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [365.25 * 86_400, "years"],
  [86_400, "days"],
  [3600, "h"],
  [60, "min"],
];

/** A duration in the unit that fits: "0.3 s", "4.2 min", "7.0 days". */
export function formatDuration(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds >= unit) ?? [1, "s"];
  const value = seconds / size;
  return `${value >= 1000 ? value.toExponential(1) : value.toFixed(1)} ${name}`;
}
