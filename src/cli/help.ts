/**
 * Help texts, made from the declarations.
 */
import type { Command } from "./command.ts";
import { environmentName, type Flag, type FlagSet } from "./flag.ts";

/** What the help needs of a command. */
type Described = Pick<Command, "name" | "summary" | "examples"> & {
  readonly positionals: readonly { readonly name: string; readonly help: string }[];
};

const INDENT = "  ";

/** The help of one command; the flags are its own and the global ones. */
export function commandHelp(
  { name, summary, positionals, examples }: Described,
  flags: FlagSet,
): string {
  const words = positionals.map((positional) => `<${positional.name}>`);
  const sections = [
    `tlslp ${name}: ${summary}`,
    `Usage: ${["tlslp", name, "[flags]", ...words].join(" ")}`,
  ];
  if (positionals.length > 0) {
    const rows = positionals.map(
      (positional) => [`<${positional.name}>`, positional.help] as const,
    );
    sections.push(`Arguments:\n${table(rows)}`);
  }
  for (const [group, members] of Map.groupBy(Object.values(flags), (flag) => flag.group)) {
    sections.push(
      `${group}:\n${table(members.map((flag) => [usage(flag), describe(flag)] as const))}`,
    );
  }
  sections.push(
    `Each flag has an environment twin: --log-level is ${environmentName("log-level")}.`,
    `Examples:\n${examples.map(({ command, shows }) => `${INDENT}# ${shows}\n${INDENT}${command}`).join("\n")}`,
  );
  return `${sections.join("\n\n")}\n`;
}

/** The help of the program; a row is a command's name and summary. */
export function programHelp(rows: readonly (readonly [string, string])[]): string {
  return `tlslp: a TLS line protocol with a proof of work

Usage: tlslp <command> [flags]

Commands:
${table(rows)}

tlslp <command> --help shows a command's flags and examples; tlslp --version shows the version.
`;
}

function usage(flag: Flag<unknown>): string {
  const names = [flag.name, ...flag.aliases].map((name) => `--${name}`).join(", ");
  return flag.placeholder === undefined ? names : `${names} ${flag.placeholder}`;
}

function describe(flag: Flag<unknown>): string {
  const isSwitch = flag.placeholder === undefined;
  return flag.shownDefault === undefined || isSwitch
    ? flag.help
    : `${flag.help} (default: ${flag.shownDefault})`;
}

/** Two columns; a left side that is too wide has its line to itself. */
function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(28, Math.max(...rows.map(([left]) => left.length)));
  return rows
    .map(([left, right]) =>
      left.length > width
        ? `${INDENT}${left}\n${INDENT}${" ".repeat(width)}  ${right}`
        : `${INDENT}${left.padEnd(width)}  ${right}`,
    )
    .join("\n");
}
