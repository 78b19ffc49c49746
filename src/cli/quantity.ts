/**
 * Numbers for people.
 */

const PREFIXES = ["", "k", "M", "G", "T", "P", "E"] as const;

/** Returns three significant digits and an SI prefix: "12.3 M". */
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

/** Returns a duration in a fitting unit: "0.3 s", "4.2 min", "7.0 days". */
export function formatDuration(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds >= unit) ?? [1, "s"];
  const value = seconds / size;
  return `${value >= 1000 ? value.toExponential(1) : value.toFixed(1)} ${name}`;
}

/** Returns a chance from 0 to 1 in percent: "52.0 %". */
export function formatChance(chance: number): string {
  const percent = 100 * chance;
  return percent > 0 && percent < 0.05 ? "under 0.1 %" : `${percent.toFixed(1)} %`;
}
