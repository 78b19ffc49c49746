/**
 * Help texts, made from the declarations.
 */
import type { Description, GroupDescription } from "./command.ts";
import { environmentName, type Flag } from "./flag.ts";

const INDENT = "  ";
/** The most characters of the left column; it is as wide as its longest entry. */
const MAX_LEFT = 28;
/** In columns; narrower terminals wrap. */
const WIDTH = 80;
/** A space at which no line is broken. */
const UNBROKEN_SPACE = "\u00a0";

/**
 * Returns the help of one command.
 *
 * @param members the commands of the group whose own command it is
 */
export function commandHelp(
  description: Description,
  members: readonly Description[] = [],
): string {
  const { meta, positionals, flags, examples } = description;
  const sections = [
    fold(`tlslp ${meta.name}: ${meta.description}`, ""),
    `Usage: ${synopsis(description)}`,
  ];
  if (members.length > 0) {
    sections[1] += `\n       tlslp ${meta.name} <command> [flags]`;
    sections.push(`Commands:\n${memberTable(members)}`);
  }
  if (positionals.length > 0) {
    const rows = positionals.map(
      (positional) => [positionalUsage(positional), positional.help] as const,
    );
    sections.push(`Arguments:\n${table(rows)}`);
  }
  for (const [group, members] of Map.groupBy(Object.values(flags), (flag) => flag.group)) {
    sections.push(
      `${group}:\n${table(members.map((flag) => [flagUsage(flag), explainFlag(flag)] as const))}`,
    );
  }
  sections.push(
    `Each flag has an environment variable: ${environmentName("log-level")} sets --log-level.`,
    `Examples:\n${examples.map(({ command, shows }) => `${INDENT}# ${shows}\n${INDENT}${command}`).join("\n")}`,
  );
  return `${sections.join("\n\n")}\n`;
}

/** Returns the help of the program. */
export function programHelp(description: string, commands: readonly Pick<Description, "meta">[]) {
  const rows = commands.map(({ meta }) => [meta.name, meta.description] as const);
  return `tlslp: ${description}

Usage: tlslp <command> [flags]

Commands:
${table(rows)}

tlslp <command> --help shows a command's flags and examples; tlslp --version
shows the version.
`;
}

/** Returns the help of a group of commands. */
export function groupHelp({ meta, members }: GroupDescription): string {
  const end = `tlslp ${meta.name} <command> --help shows a command's flags and examples.`;
  return `${fold(`tlslp ${meta.name}: ${meta.description}`, "")}

Usage: tlslp ${meta.name} <command> [flags]

Commands:
${memberTable(members)}

${fold(end, "")}
`;
}

function memberTable(members: readonly Description[]): string {
  return table(members.map((member) => [lastWord(member), member.meta.description] as const));
}

/** Returns the last word of a command's name. */
export function lastWord({ meta }: Pick<Description, "meta">): string {
  return meta.name.slice(meta.name.lastIndexOf(" ") + 1);
}

/** Returns a synopsis such as "tlslp solve [flags] <token> <bits>". */
export function synopsis({ meta, positionals }: Description): string {
  const words = positionals.map((positional) => {
    return `${positionalUsage(positional)}${positional.repeatable ? "..." : ""}`;
  });
  return ["tlslp", meta.name, "[flags]", ...words].join(" ");
}

/** Returns `<name>`, or `[name]` for one that may be left out. */
export function positionalUsage({
  name,
  optional,
}: Pick<Description["positionals"][number], "name" | "optional">): string {
  return optional ? `[${name}]` : `<${name}>`;
}

/** Returns the names and the value of a flag, such as "--bits, --n-bits N". */
function flagUsage({ name, aliases, placeholder }: Flag<unknown>): string {
  const names = [name, ...aliases].map((each) => `--${each}`).join(", ");
  return placeholder === undefined ? names : `${names} ${placeholder}`;
}

/** Returns the help of a flag with its default. */
function explainFlag({ help, placeholder, shownDefault }: Flag<unknown>): string {
  const isSwitch = placeholder === undefined;
  const initial = isSwitch ? "off" : (shownDefault ?? "none");
  return `${help} (default:${UNBROKEN_SPACE}${initial})`;
}

/** Returns rows as two columns; a left side that is too wide has its line to itself. */
function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(MAX_LEFT, Math.max(...rows.map(([left]) => left.length)));
  const hanging = " ".repeat(INDENT.length + width + 2);
  return rows
    .map(([left, right]) => {
      const text = fold(hanging + right, hanging);
      return left.length > width
        ? `${INDENT}${left}\n${text}`
        : `${INDENT}${left.padEnd(width)}  ${text.slice(hanging.length)}`;
    })
    .join("\n")
    .replaceAll(UNBROKEN_SPACE, " ");
}

/** Breaks a line where it would be too wide; the lines that follow begin with `hanging`. */
function fold(line: string, hanging: string): string {
  if (line.length <= WIDTH) {
    return line;
  }
  const space = line.lastIndexOf(" ", WIDTH);
  if (space > hanging.length) {
    return `${line.slice(0, space)}\n${fold(hanging + line.slice(space + 1), hanging)}`;
  }
  // A word that is too wide by itself is broken if it is a list, and else left whole.
  const comma = line.lastIndexOf(",", WIDTH - 1);
  const next = comma < 0 ? line.indexOf(" ", hanging.length) : comma + 1;
  return next < 0
    ? line
    : `${line.slice(0, next)}\n${fold(hanging + line.slice(next).trimStart(), hanging)}`;
}
