/**
 * The command line as completion scripts need it: the declarations, with every list of words found.
 */
import type { Description, GroupDescription } from "../cli/command.ts";
import type { Flag, FlagSet } from "../cli/flag.ts";
import { lastWord } from "../cli/help.ts";
import { HELP_COMMAND, HELP_FLAG, VERSION_FLAG } from "../cli/top-level.ts";

/** Words to choose from, or the names of files or folders. */
export type Choice = readonly string[] | "files" | "folders";

export interface CommandWords {
  /** The words after `tlslp`: one, or two for a command of a group. */
  readonly name: string;
  /** The last of them. */
  readonly word: string;
  readonly summary: string;
  readonly flags: readonly FlagWords[];
  readonly positionals: readonly {
    readonly name: string;
    readonly help: string;
    readonly repeatable?: boolean;
    readonly choice: readonly string[] | "files";
  }[];
  /** The commands of a group, which has no positionals. */
  readonly members: readonly CommandWords[];
  /** Whether it runs by itself; only a group may not. */
  readonly runs: boolean;
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

export function gatherWords(
  commands: readonly (Description | GroupDescription)[],
): Promise<readonly CommandWords[]> {
  return Promise.all(
    commands.map(async (command) => {
      const { name, description: summary } = command.meta;
      const basics = { name, word: lastWord(command), summary };
      if ("members" in command) {
        const members = await gatherWords(command.members);
        const flags = await gatherFlags(command.own?.flags ?? {});
        return { ...basics, flags, positionals: [], members, runs: command.own !== undefined };
      }
      const { flags, positionals } = command;
      return {
        ...basics,
        runs: true,
        flags: await gatherFlags(flags),
        positionals: positionals.map(({ offers = [], ...positional }) => ({
          ...positional,
          choice: offers,
        })),
        members: [],
      };
    }),
  );
}

/** Returns the commands that run, those of groups included, in one list. */
export function withoutGroups(commands: readonly CommandWords[]): readonly CommandWords[] {
  return commands.flatMap((command) =>
    command.runs ? [command, ...command.members] : command.members,
  );
}

async function gatherFlags(flags: FlagSet): Promise<readonly FlagWords[]> {
  return [...(await Promise.all(Object.values(flags).map(toFlagWords))), HELP];
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
