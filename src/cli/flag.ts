/**
 * Flags as data. One declaration gives a flag its name, variable, range, default and help, and the
 * words that shells offer as its value. Parsing (`parse.ts`), help (`help.ts`), completion
 * (`completions/`), the reference page and the manual pages all read the declaration.
 */

import { MAX_TIMEOUT } from "../deadline.ts";
import { Fault } from "../fault/fault.ts";
import { printable } from "../fault/printable.ts";
import { checkChoice } from "../options.ts";

/**
 * The words that a shell can offer as the value, or the names of files or folders. A function is
 * for words that take time to find; only completion scripts call it.
 */
export type Offers = readonly string[] | "files" | "folders" | (() => Promise<readonly string[]>);

/** Parses a text; throws a usage fault about the setting. */
export type Read<T> = (text: string, setting: string) => T;

export interface Flag<T> {
  /** Without the dashes. */
  readonly name: string;
  /** Other names for the same flag. */
  readonly aliases: readonly string[];
  /** The keys of settings that are parts of its value. */
  readonly parts?: readonly string[];
  /** The name of the value in the help; absent for a switch. */
  readonly placeholder?: string;
  readonly help: string;
  /** The heading under which the help shows it. */
  readonly group: string;
  /** Whether it may be given more than once. */
  readonly repeatable: boolean;
  /** The key of a flag that has the same purpose: only one of the two may be given. */
  readonly rival?: string;
  /** The numbers that it takes, such as "1 to 1024". */
  readonly range?: string;
  readonly offers?: Offers;
  /** The default as the help shows it. */
  readonly shownDefault?: string;
  /** The value when neither the flag nor its variable is given. */
  readonly fallback: T;
  /** Parses the given texts; throws a usage fault about the setting. */
  readonly read: (texts: readonly [string, ...string[]], setting: string) => T;
}

/** Flags by their keys: the names of the settings, which the library's options have too. */
export type FlagSet = Readonly<Record<string, Flag<unknown>>>;

/** The values of a flag set. */
export type FlagValues<F extends FlagSet> = {
  readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never;
};

interface Declaration {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly parts?: readonly string[];
  readonly help: string;
  readonly group?: string;
  readonly shownDefault?: string;
  readonly range?: string;
  readonly rival?: string;
  readonly offers?: Offers;
}

interface ValueDeclaration<D> extends Declaration {
  readonly placeholder: string;
  readonly fallback: D;
}

/** Declares a flag with a value of any kind. */
export function valueFlag<T, D>(declaration: ValueDeclaration<D>, read: Read<T>): Flag<T | D> {
  return {
    ...basics(declaration),
    ...declaration,
    read: ([text], setting) => read(text, setting),
  };
}

/**
 * Declares a flag that may be given several times; its value is the list. With a separator one text
 * may hold several values, because a variable can be given only once.
 */
export function listFlag<T>(
  declaration: Declaration & { readonly placeholder: string; readonly separator?: string },
  read: Read<T>,
): Flag<readonly T[]> {
  const { separator, ...basis } = declaration;
  const split = (text: string) => (separator === undefined ? [text] : text.split(separator));
  return {
    ...basics(basis),
    ...basis,
    repeatable: true,
    fallback: [],
    read: (texts, setting) => texts.flatMap(split).map((text) => read(text, setting)),
  };
}

/** Declares a flag without a value. Its variable takes 1/true and 0/false. */
export function switchFlag(declaration: Declaration): Flag<boolean> {
  return {
    ...basics(declaration),
    ...declaration,
    fallback: false,
    read: ([text], setting) => readSwitch(text, setting),
  };
}

/** Declares a flag whose value is a text, not empty. */
export function textFlag<D>(declaration: ValueDeclaration<D>): Flag<string | D> {
  return valueFlag(declaration, readText);
}

/** Declares a flag whose value is the path of a file. */
export function fileFlag<D>(
  declaration: Declaration & { readonly placeholder?: string; readonly fallback: D },
): Flag<string | D> {
  return textFlag({ placeholder: "PATH", ...declaration, offers: "files" });
}

/** Declares a flag whose value is one of some words. */
export function choiceFlag<const C extends readonly string[], const D>(
  declaration: Declaration & { readonly choices: C; readonly fallback: D },
): Flag<C[number] | D> {
  const { choices } = declaration;
  const shown = { ...declaration, placeholder: choices.join("|"), offers: choices };
  return valueFlag(shown, (text, setting) => readChoice(text, setting, choices));
}

/** Declares a flag whose value is a whole number within a range. */
export function wholeFlag<D>(
  declaration: ValueDeclaration<D> & { readonly least: number; readonly most: number },
): Flag<number | D> {
  const { least, most } = declaration;
  const range = `${least} to ${most}`;
  return valueFlag({ ...declaration, range }, (text, setting) =>
    readWhole(text, setting, least, most),
  );
}

/** Declares a flag whose value is a time in seconds, fractions allowed. */
export function secondsFlag<D>(
  declaration: Declaration & { readonly fallback: D; readonly zeroAllowed?: boolean },
): Flag<number | D> {
  const { zeroAllowed = false } = declaration;
  const range = zeroAllowed ? "0 or more" : "above 0";
  return valueFlag({ ...declaration, placeholder: "SECONDS", range }, (value, setting) => {
    const seconds = readDecimal(value);
    const isEnough = zeroAllowed ? seconds >= 0 : seconds > 0;
    if (!isEnough || seconds > MAX_TIMEOUT) {
      throw new Fault("notSeconds", { setting, value, zeroAllowed, most: MAX_TIMEOUT });
    }
    return seconds;
  });
}

/** Parses a decimal number without sign and exponent; returns NaN for any other text. */
export function readDecimal(text: string): number {
  return /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
}

/** Parses a whole number in decimal, without sign or leading zeros, within the range. */
export function readWhole(value: string, setting: string, least: number, most: number): number {
  const number = /^(?:0|[1-9]\d{0,14})$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) {
    return number;
  }
  throw new Fault("notWhole", { setting, value, least, most });
}

/** Returns the one of the words that the text is. */
export function readChoice<const C extends readonly string[]>(
  value: string,
  setting: string,
  choices: C,
): C[number] {
  return checkChoice(setting, value, choices);
}

/** Returns a text that is not empty. */
export function readText(value: string, setting: string): string {
  if (value === "") {
    throw new Fault("emptyText", { setting, value });
  }
  return value;
}

/** Returns the name of a flag's variable. */
export function environmentName(flagName: string): string {
  return `TLSLP_${flagName.toUpperCase().replaceAll("-", "_")}`;
}

function basics({
  aliases = [],
  group = "Options",
  fallback,
}: Declaration & { fallback?: unknown }) {
  const isShown = fallback !== undefined && typeof fallback !== "object";
  return {
    aliases,
    group,
    repeatable: false,
    ...(isShown ? { shownDefault: printable(String(fallback)) } : {}),
  };
}

function readSwitch(value: string, setting: string): boolean {
  if (value === "1" || value === "true") {
    return true;
  }
  if (value === "0" || value === "false") {
    return false;
  }
  throw new Fault("notSwitch", { setting, value });
}
