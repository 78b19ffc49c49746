/**
 * Names of people: the common names of their certificates.
 */
import { Fault } from "../fault/fault.ts";

/** The most characters of a common name (RFC 5280, ub-common-name). */
export const MAX_NAME_LENGTH = 64;

/**
 * Controls, line separators, and code points that are no character. Format characters are allowed:
 * names in Persian or Hindi need joiners, and names in Hebrew may carry direction marks.
 */
const NOT_TEXT = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;
/** A character that leaves a mark on paper. */
const VISIBLE = /[^\p{C}\p{Z}]/u;

/** Returns the rule that a name breaks, if it breaks one. */
export function brokenNameRule(name: string): string | undefined {
  if (!VISIBLE.test(name)) {
    return "must not be empty";
  }
  if (NOT_TEXT.test(name)) {
    return "must be printable text, without control characters or line breaks";
  }
  return Array.from(name).length > MAX_NAME_LENGTH
    ? `must have at most ${MAX_NAME_LENGTH} characters`
    : undefined;
}

/** Returns a name without the spaces around it. Throws a usage fault if it breaks a rule. */
export function readPersonName(text: string, setting: string): string {
  const name = text.trim();
  const rule = brokenNameRule(name);
  if (rule !== undefined) {
    throw new Fault("notPersonName", { setting, value: text, rule });
  }
  return name;
}
