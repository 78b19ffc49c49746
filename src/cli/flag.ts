/**
 * Flags as data. One declaration gives a flag its name, its environment twin, its range, its
 * default, its help and what shells offer for it; parsing (`parse.ts`), help (`help.ts`), completion
 * (`completions/`), the reference page and the manual pages read it from here.
 */

import { MAX_LIMIT } from "../deadline.ts";
import { oldFault } from "../fault/fault.ts";
import { printable, quoted } from "../fault/printable.ts";

/**
 * What a shell can offer where a value is due: one of these words, or the name of a file or of a
 * folder. Words that take work to find are found only when somebody wants a completion script.
 */
export type Offers = readonly string[] | "files" | "folders" | (() => Promise<readonly string[]>);

export interface Flag<T> {
  /** Without the dashes. */
  readonly name: string;
  /** Other names for the same flag. */
  readonly aliases: readonly string[];
  /** What the value is called in the help; absent for a switch. */
  readonly placeholder?: string;
  readonly help: string;
  /** The heading under which the help shows it. */
  readonly group: string;
  /** Whether it may be given more than once. */
  readonly repeatable: boolean;
  /** Which numbers it takes, for a flag that takes numbers: "1 to 1024". */
  readonly range?: string;
  readonly offers?: Offers;
  /** The default as the help shows it. */
  readonly shownDefault?: string;
  /** The value when neither the flag nor its environment twin is given. */
  readonly fallback: T;
  /** The value of the given texts (at least one); throws a usage fault without the flag's name. */
  readonly read: (texts: readonly [string, ...string[]]) => T;
}

/** Flags by the name under which a command uses them. */
export type FlagSet = Readonly<Record<string, Flag<unknown>>>;

/** What parsing makes of a flag set. */
export type FlagValues<F extends FlagSet> = {
  readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never;
};

interface Declaration {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly help: string;
  readonly group?: string;
  readonly shownDefault?: string;
  readonly range?: string;
  readonly offers?: Offers;
}

/** A flag with a value of any kind; `read` gets the text and may throw a usage fault. */
export function valueFlag<T, D>(
  declaration: Declaration & { readonly placeholder: string; readonly fallback: D },
  read: (text: string) => T,
): Flag<T | D> {
  return { ...basics(declaration), ...declaration, read: ([text]) => read(text) };
}

/**
 * A flag that may be given several times; its value is the list. A separator lets one text hold
 * several: the environment twin can be given only once.
 */
export function listFlag<T>(
  declaration: Declaration & { readonly placeholder: string; readonly separator?: string },
  read: (text: string) => T,
): Flag<readonly T[]> {
  const { separator, ...basis } = declaration;
  const split = (text: string) => (separator === undefined ? [text] : text.split(separator));
  return {
    ...basics(basis),
    ...basis,
    repeatable: true,
    fallback: [],
    read: (texts) => texts.flatMap(split).map(read),
  };
}

/** A flag without a value. Its environment twin takes 1/true and 0/false. */
export function switchFlag(declaration: Declaration): Flag<boolean> {
  return { ...basics(declaration), ...declaration, fallback: false, read: ([text]) => isOn(text) };
}

export function textFlag<D>(
  declaration: Declaration & { readonly placeholder: string; readonly fallback: D },
): Flag<string | D> {
  return valueFlag(declaration, readText);
}

/** A flag whose value is the path of a file. */
export function fileFlag<D>(
  declaration: Declaration & { readonly placeholder?: string; readonly fallback: D },
): Flag<string | D> {
  return textFlag({ placeholder: "PATH", ...declaration, offers: "files" });
}

export function choiceFlag<const C extends readonly string[], const D>(
  declaration: Declaration & { readonly choices: C; readonly fallback: D },
): Flag<C[number] | D> {
  const { choices } = declaration;
  const shown = { ...declaration, placeholder: choices.join("|"), offers: choices };
  return valueFlag(shown, (text) => {
    const choice = choices.find((candidate) => candidate === text);
    return choice ?? refuse(text, `is not one of ${choices.join(", ")}`);
  });
}

export function wholeFlag<D>(
  declaration: Declaration & {
    readonly placeholder: string;
    readonly fallback: D;
    readonly least: number;
    readonly most: number;
  },
): Flag<number | D> {
  const { least, most } = declaration;
  const range = `${least} to ${most}`;
  return valueFlag({ ...declaration, range }, (text) => readWhole(text, least, most));
}

/** A time limit in seconds, fractions allowed. */
export function secondsFlag<D>(
  declaration: Declaration & { readonly fallback: D; readonly zeroAllowed?: boolean },
): Flag<number | D> {
  const { zeroAllowed = false } = declaration;
  const range = zeroAllowed ? "0 or more" : "above 0";
  return valueFlag({ ...declaration, placeholder: "SECONDS", range }, (text) => {
    const seconds = /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
    const enough = zeroAllowed ? seconds >= 0 : seconds > 0;
    const bounds = `${zeroAllowed ? "from 0 to" : "above 0 and at most"} ${MAX_LIMIT}`;
    return enough && seconds <= MAX_LIMIT
      ? seconds
      : refuse(text, `is not a number of seconds ${bounds}`);
  });
}

/** A whole number in decimal, without sign, within the range; else throws a usage fault. */
export function readWhole(text: string, least: number, most: number): number {
  const number = /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most
    ? number
    : refuse(text, `is not a whole number from ${least} to ${most}`);
}

/** A text that is not empty; else throws a usage fault. */
export function readText(text: string): string {
  return text === "" ? refuse(text, "is empty") : text;
}

/** Throws the usage fault that a flag or a positional makes of a bad value. */
export function refuse(text: string, why: string, hint?: string): never {
  throw oldFault("usage", `${quoted(text)} ${why}`, { hint });
}

/** The environment twin's name. */
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

function isOn(text: string): boolean {
  if (text === "1" || text === "true") {
    return true;
  }
  return text === "0" || text === "false" ? false : refuse(text, "is not 1, true, 0 or false");
}
