/**
 * What a shell needs to know of the command line: the declarations, with every list of words found.
 */
import type { Description } from "../cli/command.ts";
import type { Flag } from "../cli/flag.ts";

/** Words to choose from, or the names of files or folders. */
export type Choice = readonly string[] | "files" | "folders";

export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly FlagWords[];
  readonly positionals: readonly {
    readonly name: string;
    readonly help: string;
    readonly choice: readonly string[];
  }[];
}

export interface FlagWords {
  /** With the dashes, the usual one first. */
  readonly names: readonly string[];
  readonly help: string;
  readonly repeatable: boolean;
  /** What its value is called and may be; absent for a switch. */
  readonly value?: { readonly name: string; readonly choice: Choice };
}

/** Everything that may follow `tlslp`, as a name and what it does. */
export type TopLevel = readonly (readonly [name: string, summary: string])[];

/** What is no command of its own, and yet may follow `tlslp`. */
export const TOP_LEVEL_EXTRAS: TopLevel = [
  ["help", "show the help of a command"],
  ["--help", "list the commands"],
  ["--version", "show the version"],
];

export function gatherWords(commands: readonly Description[]): Promise<readonly CommandWords[]> {
  return Promise.all(
    commands.map(async ({ name, summary, flags, positionals }) => ({
      name,
      summary,
      flags: [...(await Promise.all(Object.values(flags).map(toFlagWords))), HELP],
      positionals: positionals.map(({ offers = [], ...positional }) => ({
        ...positional,
        choice: offers,
      })),
    })),
  );
}

const HELP: FlagWords = { names: ["--help"], help: "show the help", repeatable: false };

async function toFlagWords(flag: Flag<unknown>): Promise<FlagWords> {
  const { name, aliases, help, repeatable, placeholder, offers = [] } = flag;
  const words = { names: [name, ...aliases].map((each) => `--${each}`), help, repeatable };
  if (placeholder === undefined) {
    return words;
  }
  const choice = typeof offers === "function" ? await offers() : offers;
  return { ...words, value: { name: placeholder, choice } };
}
