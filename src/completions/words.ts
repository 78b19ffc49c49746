/**
 * The command line as completion scripts need it: the declarations, with every list of words found.
 */
import type { Description } from "../cli/command.ts";
import type { Flag } from "../cli/flag.ts";
import { HELP_COMMAND, HELP_FLAG, VERSION_FLAG } from "../cli/top-level.ts";

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
  /** With the dashes, the main name first. */
  readonly names: readonly string[];
  readonly help: string;
  readonly repeatable: boolean;
  /** The name and the choice of its value; absent for a switch. */
  readonly value?: { readonly name: string; readonly choice: Choice };
}

/** The words that may follow `tlslp` instead of a command, each with its help. */
export const TOP_LEVEL_EXTRAS = [HELP_COMMAND, HELP_FLAG, VERSION_FLAG].map(
  ({ names: [name], help }) => [name, help] as const,
);

export function gatherWords(commands: readonly Description[]): Promise<readonly CommandWords[]> {
  return Promise.all(
    commands.map(async ({ meta, flags, positionals }) => ({
      name: meta.name,
      summary: meta.description,
      flags: [...(await Promise.all(Object.values(flags).map(toFlagWords))), HELP],
      positionals: positionals.map(({ offers = [], ...positional }) => ({
        ...positional,
        choice: offers,
      })),
    })),
  );
}

const HELP: FlagWords = {
  names: [HELP_FLAG.names[0]],
  help: HELP_FLAG.help,
  repeatable: false,
};

async function toFlagWords(flag: Flag<unknown>): Promise<FlagWords> {
  const { name, aliases, help, repeatable, placeholder, offers = [] } = flag;
  const words = { names: [name, ...aliases].map((each) => `--${each}`), help, repeatable };
  if (placeholder === undefined) {
    return words;
  }
  const choice = typeof offers === "function" ? await offers() : offers;
  return { ...words, value: { name: placeholder, choice } };
}
