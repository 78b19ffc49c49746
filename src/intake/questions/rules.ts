/**
 * The rules for answers. A rule returns undefined, or describes a right answer, with the limit or
 * an example, if the answer breaks it. It never repeats the answer.
 */
import { RE2JS } from "re2js";
import { isEmail } from "../../email.ts";
import { exampleDate, isDate } from "./calendar.ts";
import { isCountry } from "./countries.ts";

/** Returns the broken rule in words; undefined for an answer that keeps it. */
export type Rule = (answer: string) => string | undefined;

/** The checks that have a name and no settings. */
export const NAMED_CHECKS = ["text", "email", "url", "date", "country", "number"] as const;
export type NamedCheck = (typeof NAMED_CHECKS)[number];

export const DEFAULT_DATE_FORMAT = "YYYY-MM-DD";

const NUMBER = /^[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

/** The rule of a check that has only a name; `date` needs formats, and is `dateRule`. */
export const CHECK_RULES: Readonly<Record<Exclude<NamedCheck, "date">, Rule>> = {
  text: () => undefined,
  email: ruleOf(isEmail, "must be an e-mail address, such as name@example.org"),
  url: ruleOf(isUrl, "must be a web address, such as https://example.org/page"),
  country: ruleOf(
    isCountry,
    "must be a country by its ISO code or English name, such as DE or Germany",
  ),
  number: ruleOf((text) => NUMBER.test(text), "must be a number, such as 42 or -3.5"),
};

/** Returns the rule that an answer is a day that exists, in one of these formats. */
export function dateRule(formats: readonly string[]): Rule {
  const examples = formats.map((format) => `${format} (such as ${exampleDate(format)})`);
  return ruleOf(
    (text) => formats.some((format) => isDate(text, format)),
    `must be a day that exists, as ${examples.join(" or ")}`,
  );
}

/** Returns the rule that an answer is exactly one of these. */
export function choiceRule(choices: readonly string[]): Rule {
  return ruleOf((text) => choices.includes(text), `must be one of ${choices.join(", ")}`);
}

/** Returns the rule that an answer has this number of characters; code points are counted. */
export function lengthRule(least: number | undefined, most: number | undefined): Rule {
  return (text) => {
    const length = Array.from(text).length;
    if (least !== undefined && length < least) {
      return `must have ${characters(least)} or more`;
    }
    return most !== undefined && length > most
      ? `must have ${characters(most)} at most`
      : undefined;
  };
}

/**
 * Returns the rule that an answer contains a match of the pattern. The engine is re2js, a port of
 * Google's RE2, whose time grows only linearly with the length of the answer; JavaScript's own
 * patterns can take exponential time. Throws an error for a text that is no pattern.
 */
export function patternRule(pattern: string): Rule {
  const compiled = RE2JS.compile(pattern);
  return ruleOf((text) => compiled.matcher(text).find(), `must match ${pattern}`);
}

/** Returns the rule that an answer keeps each of these rules; it names the first broken one. */
export function everyRule(rules: readonly Rule[]): Rule {
  return (text) => {
    for (const rule of rules) {
      const broken = rule(text);
      if (broken !== undefined) {
        return broken;
      }
    }
    return undefined;
  };
}

/** Returns the rule that an answer keeps this rule, or is `N/A` in any case. */
export function orNotAvailable(rule: Rule): Rule {
  return (text) => {
    const broken = text.toUpperCase() === "N/A" ? undefined : rule(text);
    return broken === undefined ? undefined : `${broken}, or N/A`;
  };
}

function ruleOf(isRight: (text: string) => boolean, words: string): Rule {
  return (text) => (isRight(text) ? undefined : words);
}

function characters(count: number): string {
  return count === 1 ? "1 character" : `${count} characters`;
}

function isUrl(text: string): boolean {
  const url = /\s/.test(text) ? null : URL.parse(text);
  return url !== null && /^https?:\/\/[^/]/i.test(text) && url.hostname !== "";
}
