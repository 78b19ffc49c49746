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
    after("help", `-a ${fishWord(names.join(" "))}`),
    ...commands.flatMap(commandLines),
  ];
  return `# Completion of tlslp's command line for fish: tlslp completions fish | source

complete -c tlslp -f
${lines.map((line) => `complete -c tlslp ${line}\n`).join("")}`;
}

function commandLines({ name, flags, positionals }: CommandWords): readonly string[] {
  const words = positionals.flatMap(({ choice }) => choice);
  return [
    ...flags.flatMap((flag) => flagLines(name, flag)),
    ...(words.length === 0 ? [] : [after(name, `-a ${fishWord(words.join(" "))}`)]),
  ];
}

function flagLines(command: string, { names, help, value }: FlagWords): readonly string[] {
  const argument = value === undefined ? "" : ` ${offer(value.choice)}`;
  return names.map((name) => after(command, `-l ${name.slice(2)}${argument} -d ${fishWord(help)}`));
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

function after(command: string, rest: string): string {
  return `-n '__fish_seen_subcommand_from ${command}' ${rest}`;
}
