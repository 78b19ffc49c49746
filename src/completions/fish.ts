/**
 * The script that makes fish complete the command line.
 */
import { fishWord } from "../cli/quote.ts";
import { type Choice, type CommandWords, type FlagWords, TOP_LEVEL_EXTRAS } from "./words.ts";

export function fishScript(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name);
  const lines = [
    ...commands.map(({ name, summary }) => atTop(`-a ${name} -d ${fishWord(summary)}`)),
    ...TOP_LEVEL_EXTRAS.map(([name, summary]) =>
      atTop(
        `${name.startsWith("--") ? `-l ${name.slice(2)}` : `-a ${name}`} -d ${fishWord(summary)}`,
      ),
    ),
    `-n ${fishWord(seen("help"))} -a ${fishWord(names.join(" "))}`,
    ...commands.flatMap(({ members, ...command }) =>
      members.length === 0
        ? commandLines(command, seen(command.name))
        : groupLines(command, members),
    ),
  ];
  return `# Completion of tlslp's command line for fish: tlslp completions fish | source

complete -c tlslp -f
${lines.map((line) => `complete -c tlslp ${line}\n`).join("")}`;
}

/** Returns the lines for the commands of a group. */
function groupLines(
  { name, runs, ...own }: Omit<CommandWords, "members">,
  members: readonly CommandWords[],
): readonly string[] {
  const words = members.map(({ word }) => word).join(" ");
  const alone = `${seen(name)}; and not ${seen(words)}`;
  return [
    ...members.map(
      ({ word, summary }) => `-n ${fishWord(alone)} -a ${word} -d ${fishWord(summary)}`,
    ),
    ...(runs ? commandLines(own, alone) : []),
    ...members.flatMap((member) => commandLines(member, `${seen(name)}; and ${seen(member.word)}`)),
  ];
}

function commandLines(
  { flags, positionals }: Pick<CommandWords, "flags" | "positionals">,
  condition: string,
): readonly string[] {
  const after = `-n ${fishWord(condition)}`;
  const choices = positionals.map(({ choice }) => choice);
  const words = choices.flatMap((choice) => (choice === "files" ? [] : choice));
  return [
    ...flags.flatMap(flagOptions).map((option) => `${after} ${option}`),
    ...(words.length === 0 ? [] : [`${after} -a ${fishWord(words.join(" "))}`]),
    ...(choices.includes("files") ? [`${after} -F`] : []),
  ];
}

function flagOptions({ names, help, value }: FlagWords): readonly string[] {
  const argument = value === undefined ? "" : ` ${offer(value.choice)}`;
  return names.map((name) => `-l ${name.slice(2)}${argument} -d ${fishWord(help)}`);
}

function offer(choice: Choice): string {
  if (choice === "files") {
    return "-r -F";
  }
  if (choice === "folders") {
    return "-x -a '(__fish_complete_directories)'";
  }
  return choice.length === 0 ? "-x" : `-x -a ${fishWord(choice.join(" "))}`;
}

function atTop(rest: string): string {
  return `-n __fish_use_subcommand ${rest}`;
}

/** Whether one of these words is on the command line. */
function seen(words: string): string {
  return `__fish_seen_subcommand_from ${words}`;
}
