/**
 * Strict parsing, pure: arguments and environment in, values out. Every flag that is not declared,
 * every value that is missing, surplus or out of range is a usage fault.
 */
import { Fault, oldFault } from "../fault/fault.ts";
import { quoted } from "../fault/printable.ts";
import { environmentName, type Flag, type FlagSet, type FlagValues } from "./flag.ts";
import { namesakes, nearest } from "./nearest.ts";

export interface Positional<T> {
  readonly name: string;
  readonly help: string;
  /** What a shell can offer here. */
  readonly offers?: readonly string[];
  /** The value of the given text; throws a usage fault without the positional's name. */
  readonly read: (text: string) => T;
}

/** What parsing makes of a list of positionals. */
export type PositionalValues<P extends readonly Positional<unknown>[]> = {
  readonly [K in keyof P]: P[K] extends Positional<infer T> ? T : never;
};

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Parsed<F extends FlagSet, P extends readonly Positional<unknown>[]> {
  readonly flags: FlagValues<F>;
  readonly positionals: PositionalValues<P>;
  /** The variables that gave flags their values, by the flags' names with their dashes. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Whether the arguments ask for help: then nothing else about them matters. */
export function asksForHelp(args: readonly string[]): boolean {
  return hasSwitch(args, "--help") || hasSwitch(args, "-h");
}

/** Whether they ask for JSON, for when they cannot be parsed. */
export function asksForJson(args: readonly string[], environment: Environment): boolean {
  return hasSwitch(args, "--json") || /^(?:1|true)$/.test(environment["TLSLP_JSON"] ?? "");
}

function hasSwitch(args: readonly string[], name: string): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).includes(name);
}

/** Throws a usage fault for whatever is not as declared. */
export function parse<F extends FlagSet, const P extends readonly Positional<unknown>[]>(
  args: readonly string[],
  flags: F,
  positionals: P,
  environment: Environment,
): Parsed<F, P> {
  const given = collect(args, flags);
  const words = readPositionals(given.positionals, positionals);
  const variables = new Map<string, string>();
  const values = Object.entries(flags).map(([key, flag]) => {
    const dashed = `--${flag.name}`;
    const source = findSource(flag, given, environment);
    if (source === undefined) {
      return [key, flag.fallback];
    }
    const { name, texts } = source;
    if (name !== dashed) {
      variables.set(dashed, name);
    }
    return [key, named(name, () => flag.read(texts))];
  });
  return {
    flags: Object.fromEntries(values) as FlagValues<F>,
    positionals: words as PositionalValues<P>,
    variables,
  };
}

/** The same, but a usage fault names variables in place of the flags that have their values. */
export function nameVariables(thrown: unknown, variables: ReadonlyMap<string, string>): unknown {
  if (!(thrown instanceof Fault) || thrown.family !== "usage" || variables.size === 0) {
    return thrown;
  }
  const rename = (text: string) =>
    text.replaceAll(/--[a-z-]*[a-z]/g, (name) => variables.get(name) ?? name);
  const hint = thrown.hint && rename(thrown.hint);
  return oldFault("usage", rename(thrown.message), { hint, cause: thrown });
}

interface Given {
  readonly texts: ReadonlyMap<Flag<unknown>, readonly [string, ...string[]]>;
  readonly positionals: readonly string[];
}

function collect(args: readonly string[], flags: FlagSet): Given {
  const named = Object.values(flags).flatMap((flag) =>
    [flag.name, ...flag.aliases].map((name) => [name, flag] as const),
  );
  const byName = new Map(named);
  const texts = new Map<Flag<unknown>, [string, ...string[]]>();
  const positionals: string[] = [];
  let flagsEnded = false;
  const rest = args.values();
  for (const arg of rest) {
    if (flagsEnded || arg === "-" || !arg.startsWith("-")) {
      positionals.push(arg);
    } else if (arg === "--") {
      flagsEnded = true;
    } else {
      const [dashed, value] = splitFlag(arg);
      const flag = findFlag(dashed, byName);
      const text = textOf(flag, dashed, value, rest);
      const before = texts.get(flag);
      if (before !== undefined && !flag.repeatable) {
        throw oldFault("usage", `--${flag.name} is given twice`);
      }
      texts.set(flag, before === undefined ? [text] : [...before, text]);
    }
  }
  return { texts, positionals };
}

/** What stands in front of the first equals sign, which no name begins with, and behind it. */
function splitFlag(arg: string): readonly [dashed: string, value: string | undefined] {
  const equals = arg.indexOf("=", arg.startsWith("--") ? 3 : 1);
  return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
}

function findFlag(dashed: string, byName: ReadonlyMap<string, Flag<unknown>>): Flag<unknown> {
  const isLong = dashed.startsWith("--");
  const name = dashed.slice(isLong ? 2 : 1);
  const flag = isLong ? byName.get(name) : undefined;
  if (flag !== undefined) {
    return flag;
  }
  const otherwise = isLong ? "see --help for the flags" : "after -- a value may begin with a dash";
  throw oldFault("usage", `unknown flag ${quoted(dashed)}`, {
    hint: suggest(name, [...byName.keys(), "help"]) ?? otherwise,
  });
}

/** Nothing when no flag is called anything like that. */
function suggest(name: string, names: readonly string[]): string | undefined {
  const guess = nearest(name, names);
  const guesses = guess === undefined ? namesakes(name, names) : [guess];
  return guesses.length === 0
    ? undefined
    : `did you mean ${guesses.map((each) => `--${each}`).join(" or ")}?`;
}

/** What stands behind the equals sign; without one, the next argument, unless that is a flag. */
function textOf(
  { placeholder }: Flag<unknown>,
  dashed: string,
  value: string | undefined,
  rest: Iterator<string>,
): string {
  if (placeholder === undefined) {
    if (value !== undefined) {
      throw oldFault("usage", `${dashed} is a switch and takes no value`);
    }
    return "true";
  }
  const text: string | undefined = value ?? rest.next().value;
  if (text === undefined || (value === undefined && text.startsWith("--"))) {
    throw oldFault("usage", `${dashed} needs a value: ${dashed} ${placeholder}`);
  }
  return text;
}

interface Source {
  /** Of the flag, with its dashes, or of the variable. */
  readonly name: string;
  readonly texts: readonly [string, ...string[]];
}

/** Where a flag's value stands; nothing when nobody gave it one. */
function findSource(flag: Flag<unknown>, given: Given, env: Environment): Source | undefined {
  const texts = given.texts.get(flag);
  if (texts !== undefined) {
    return { name: `--${flag.name}`, texts };
  }
  for (const name of [flag.name, ...flag.aliases].map(environmentName)) {
    const text = env[name];
    if (text !== undefined && text !== "") {
      return { name, texts: [text] };
    }
  }
  return undefined;
}

/** Puts the name of what was read in front of what was wrong with it. */
function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.family === "usage") {
      throw oldFault("usage", `${name}: ${thrown.message}`, { hint: thrown.hint });
    }
    throw thrown;
  }
}

function readPositionals(
  given: readonly string[],
  declared: readonly Positional<unknown>[],
): readonly unknown[] {
  const surplus = given[declared.length];
  if (surplus !== undefined) {
    throw oldFault("usage", `unexpected argument ${quoted(surplus)}`);
  }
  return declared.map(({ name, help, read }, index) => {
    const text = given[index];
    if (text === undefined) {
      throw oldFault("usage", `<${name}> is missing: ${help}`);
    }
    return named(`<${name}>`, () => read(text));
  });
}
