/**
 * Strict parsing, pure: arguments and environment in, values out. An undeclared flag and a value
 * that is missing, surplus or out of range are usage faults.
 *
 * There are two steps, because errors of the second name the setting by its source (voice.ts):
 * `collect` finds the text of each flag, and `readValues` makes values of the texts.
 */
import { Fault } from "../fault/fault.ts";
import { environmentName, type Flag, type FlagSet, type FlagValues } from "./flag.ts";
import { namesakes, nearest } from "./nearest.ts";
import { HELP_FLAG } from "./top-level.ts";

export interface Positional<T> {
  readonly name: string;
  readonly help: string;
  /** The words that a shell can offer here, or the names of files. */
  readonly offers?: readonly string[] | "files";
  /** Whether it may be given several times; only the last one may. Its value is the list. */
  readonly repeatable?: boolean;
  /** Whether it may be left out; its value is then undefined, or an empty list. */
  readonly optional?: boolean;
  /** Parses the given text; throws a usage fault about the setting. */
  readonly read: (text: string, setting: string) => T;
}

export type Positionals = readonly Positional<unknown>[];

/** The values of a list of positionals. */
type PositionalValues<P extends Positionals> = {
  readonly [K in keyof P]: P[K] extends Positional<infer T>
    ? P[K] extends { readonly repeatable: true }
      ? readonly T[]
      : P[K] extends { readonly optional: true }
        ? T | undefined
        : T
    : never;
};

export type Environment = Readonly<Record<string, string | undefined>>;

type Texts = readonly [string, ...string[]];

/** The texts of each flag that was given, by its key. */
export type Sources = ReadonlyMap<
  string,
  {
    readonly texts: Texts;
    /** The variable that has the text; absent for a flag among the arguments. */
    readonly variable?: string;
  }
>;

export interface Given {
  readonly sources: Sources;
  readonly words: readonly string[];
}

export interface Parsed<F extends FlagSet, P extends Positionals> {
  readonly flags: FlagValues<F>;
  readonly positionals: PositionalValues<P>;
}

/** Whether the arguments ask for help anywhere; the others are then ignored. */
export function asksForHelp(args: readonly string[]): boolean {
  return HELP_FLAG.names.some((name) => isAmongFlags(name, args));
}

/** Whether a switch is on, also when the rest cannot be parsed. */
export function isSwitchedOn(
  { name }: Pick<Flag<unknown>, "name">,
  args: readonly string[],
  environment: Environment,
): boolean {
  const variable = environment[environmentName(name)] ?? "";
  return isAmongFlags(`--${name}`, args) || variable === "1" || variable === "true";
}

function isAmongFlags(dashed: string, args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).includes(dashed);
}

/** Finds the text of each flag, among the arguments or else in its variable. */
export function collect(args: readonly string[], flags: FlagSet, environment: Environment): Given {
  requireText(args);
  const { texts, words } = collectArguments(args, flags);
  const sources = Object.entries(flags).flatMap(([key, flag]) => {
    const given = texts.get(key);
    const source = given === undefined ? findVariable(flag, environment) : { texts: given };
    return source === undefined ? [] : [[key, source] as const];
  });
  return { sources: new Map(sources), words };
}

/** Makes values of the texts; a flag that was not given has its fallback. */
export function readValues<F extends FlagSet, const P extends Positionals>(
  { sources: all, words }: Given,
  flags: F,
  positionals: P,
): Parsed<F, P> {
  const wordValues = readWords(words, positionals);
  const sources = withoutRivals(all, flags);
  const values = Object.entries(flags).map(([key, flag]) => {
    const source = sources.get(key);
    if (source === undefined) {
      return [key, flag.fallback];
    }
    requireText(source.texts, key);
    return [key, flag.read(source.texts, key)];
  });
  return {
    flags: Object.fromEntries(values) as FlagValues<F>,
    positionals: wordValues as PositionalValues<P>,
  };
}

/**
 * Returns the sources without the variables of flags whose rivals are among the arguments. Throws
 * where both are arguments, or both are variables.
 */
function withoutRivals(sources: Sources, flags: FlagSet): Sources {
  const left = new Map(sources);
  for (const [key, { rival = "" }] of Object.entries(flags)) {
    const [own, other] = [sources.get(key), sources.get(rival)];
    if (own === undefined || other === undefined) {
      continue;
    }
    if ((own.variable === undefined) === (other.variable === undefined)) {
      throw new Fault("exclusive", { settings: [rival, key] });
    }
    left.delete(own.variable === undefined ? rival : key);
  }
  return left;
}

/** Throws for U+FFFD: the runtime puts it where bytes are not UTF-8, and so the text is lost. */
function requireText(texts: readonly string[], setting?: string): void {
  if (texts.some((text) => text.includes("\ufffd"))) {
    throw new Fault("notUtf8", { setting });
  }
}

function collectArguments(args: readonly string[], flags: FlagSet) {
  const keys = keysByName(flags);
  const texts = new Map<string, [string, ...string[]]>();
  const words: string[] = [];
  let flagsEnded = false;
  const rest = args.values();
  for (const arg of rest) {
    if (flagsEnded || arg === "-" || !arg.startsWith("-")) {
      words.push(arg);
    } else if (arg === "--") {
      flagsEnded = true;
    } else {
      const [dashed, value] = splitFlag(arg);
      const [key, flag] = findFlag(dashed, keys);
      const text = textOf(flag, dashed, value, rest);
      const before = texts.get(key);
      if (before !== undefined && !flag.repeatable) {
        throw new Fault("flagTwice", { setting: key });
      }
      texts.set(key, before === undefined ? [text] : [...before, text]);
    }
  }
  return { texts, words };
}

type KeyedFlag = readonly [key: string, flag: Flag<unknown>];

function keysByName(flags: FlagSet): ReadonlyMap<string, KeyedFlag> {
  const entries = Object.entries(flags).flatMap((entry) => {
    const [, { name, aliases }] = entry;
    return [name, ...aliases].map((each) => [each, entry] as const);
  });
  return new Map(entries);
}

/** Splits at the first equals sign; a flag's name has at least one character before it. */
function splitFlag(arg: string): readonly [dashed: string, value: string | undefined] {
  const equals = arg.indexOf("=", arg.startsWith("--") ? 3 : 1);
  return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
}

function findFlag(dashed: string, keys: ReadonlyMap<string, KeyedFlag>): KeyedFlag {
  const isLong = dashed.startsWith("--");
  const name = dashed.slice(isLong ? 2 : 1);
  const found = isLong ? keys.get(name) : undefined;
  if (found === undefined) {
    const suggestions = suggest(name, [...keys.keys(), "help"]);
    throw new Fault("unknownFlag", { flag: dashed, suggestions });
  }
  return found;
}

function suggest(name: string, names: readonly string[]): readonly string[] {
  const guess = nearest(name, names);
  const guesses = guess === undefined ? namesakes(name, names) : [guess];
  return guesses.map((each) => `--${each}`);
}

/** Returns the text after the equals sign, or else the next argument, unless that is a flag. */
function textOf(
  { placeholder }: Flag<unknown>,
  dashed: string,
  value: string | undefined,
  rest: Iterator<string>,
): string {
  if (placeholder === undefined) {
    if (value !== undefined) {
      throw new Fault("switchWithValue", { flag: dashed });
    }
    return "true";
  }
  const text: string | undefined = value ?? rest.next().value;
  if (text === undefined || (value === undefined && text.startsWith("--"))) {
    throw new Fault("valueMissing", { flag: dashed, placeholder });
  }
  return text;
}

function findVariable({ name, aliases }: Flag<unknown>, environment: Environment) {
  for (const variable of [name, ...aliases].map(environmentName)) {
    const text = environment[variable];
    if (text !== undefined && text !== "") {
      return { texts: [text] as const, variable };
    }
  }
  return undefined;
}

function readWords(words: readonly string[], positionals: Positionals): readonly unknown[] {
  const surplus = words[positionals.length];
  if (surplus !== undefined && positionals.at(-1)?.repeatable !== true) {
    throw new Fault("unexpectedArgument", { word: surplus });
  }
  return positionals.map(({ name, help, repeatable, optional, read }, index) => {
    const text = words[index];
    if (text === undefined && optional) {
      return repeatable ? [] : undefined;
    }
    if (text === undefined) {
      throw new Fault("argumentMissing", { name, help });
    }
    const setting = `<${name}>`;
    return repeatable === true
      ? words.slice(index).map((word) => read(word, setting))
      : read(text, setting);
  });
}
