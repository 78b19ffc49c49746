/**
 * Dates in a format of the organiser's choice: `YYYY`, `MM`, `DD` and separators between them.
 */

const FIELDS = ["YYYY", "MM", "DD"] as const;
const FIELD = /YYYY|MM|DD/g;

/** Whether a text has each of `YYYY`, `MM` and `DD` once, and no other letters or digits. */
export function isDateFormat(format: string): boolean {
  const fields = format.match(FIELD) ?? [];
  const hasEachOnce = fields.length === 3 && FIELDS.every((field) => fields.includes(field));
  return hasEachOnce && !/[\p{L}\p{N}]/u.test(format.replace(FIELD, ""));
}

/** Whether a text is a date in this format, and a day that the calendar has. */
export function isDate(text: string, format: string): boolean {
  if (text.length !== format.length) {
    return false;
  }
  const field = (name: string): number => {
    const begin = format.indexOf(name);
    const digits = text.slice(begin, begin + name.length);
    return /^[0-9]+$/.test(digits) ? Number(digits) : Number.NaN;
  };
  const separatorsMatch = Array.from(format.matchAll(/[^YMD]/g)).every(
    ({ index, 0: separator }) => text[index] === separator,
  );
  return separatorsMatch && exists(field("YYYY"), field("MM"), field("DD"));
}

/** Returns a day in this format, as an example. */
export function exampleDate(format: string): string {
  return format.replace("YYYY", "1999").replace("MM", "12").replace("DD", "31");
}

function exists(year: number, month: number, day: number): boolean {
  // A day that a month does not have falls into the next month. (The constructor of Date takes
  // years below 100 for 19xx.)
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
