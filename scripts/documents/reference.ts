/**
 * The reference page of the command line.
 */
import type { Description } from "../../src/cli/command.ts";
import { environmentName, type Flag } from "../../src/cli/flag.ts";
import { GLOBAL_FLAGS } from "../../src/cli/globals.ts";
import { synopsis } from "../../src/cli/help.ts";
import { EXIT_CODES } from "./exit-codes.ts";

const GLOBALS: ReadonlySet<Flag<unknown>> = new Set(Object.values(GLOBAL_FLAGS));

export function referencePage(commands: readonly Description[]): string {
  return [
    "# Reference",
    "<!-- Made by scripts/generate from the declarations of the flags: change those instead. -->",
    "Every flag has an environment twin, which is read as strictly; the flag wins. Switches take 1 or\n" +
      "true and 0 or false there, and an empty variable counts as unset. `--flag value` and `--flag=value`\n" +
      "mean the same, before or after the arguments; `--` ends the flags. `tlslp help <command>` and\n" +
      "`tlslp <command> --help` show in the terminal what is below.",
    ...commands.flatMap(commandSections),
    "## Everywhere",
    flagTable(Object.values(GLOBAL_FLAGS)),
    "## Exit codes",
    table(
      ["exit", "meaning"],
      EXIT_CODES.map(([code, meaning]) => [String(code), meaning]),
    ),
    "`tlslp server` exits with 0 after SIGTERM: it was asked to.\n",
  ].join("\n\n");
}

function commandSections(command: Description): readonly string[] {
  const { name, summary, positionals, flags, examples } = command;
  const own = Object.values(flags).filter((flag) => !GLOBALS.has(flag));
  return [
    `## tlslp ${name}`,
    `${capitalized(text(summary))}.`,
    `\`\`\`sh\n${synopsis(command)}\n\`\`\``,
    ...(positionals.length === 0 ? [] : [table(["argument", "meaning"], positionals.map(toRow))]),
    ...Array.from(Map.groupBy(own, ({ group }) => group)).flatMap(([group, members]) => [
      `### ${group} of ${name}`,
      flagTable(members),
    ]),
    `### Examples of ${name}`,
    `\`\`\`sh\n${examples.map((example) => `${example.command}    # ${example.shows}`).join("\n")}\n\`\`\``,
  ];
}

function toRow({ name, help }: Description["positionals"][number]): readonly string[] {
  return [code(`<${name}>`), text(help)];
}

function flagTable(flags: readonly Flag<unknown>[]): string {
  return table(
    ["flag", "environment", "value", "default", "meaning"],
    flags.map((flag) => {
      const { name, aliases, placeholder, range, shownDefault, repeatable, help } = flag;
      const names = [name, ...aliases];
      const isSwitch = placeholder === undefined;
      return [
        names.map((each) => code(`--${each}`)).join(", "),
        [...new Set(names.map(environmentName))].map(code).join(", "),
        isSwitch ? "" : [code(placeholder), range ?? ""].filter(Boolean).join(", "),
        isSwitch || shownDefault === undefined ? "" : text(shownDefault),
        `${text(help)}${repeatable && !help.includes("repeatable") ? "; repeatable" : ""}`,
      ];
    }),
  );
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Escapes Markdown in the text of a cell. */
function text(plain: string): string {
  return plain.replace(/[|<>*_\\]/g, "\\$&");
}

function code(plain: string): string {
  return `\`${plain.replaceAll("|", "\\|")}\``;
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
