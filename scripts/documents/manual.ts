/**
 * The manual pages, in the man(7) language: one for the program, one for each command.
 */
import type { Description } from "../../src/cli/command.ts";
import { environmentName, type Flag } from "../../src/cli/flag.ts";
import { exitCodesOf } from "./exit-codes.ts";

const HEAD =
  '.\\" Made by scripts/generate from the declarations of the flags: change those instead.';

export function programPage(commands: readonly Description[]): string {
  return page("tlslp", "TLS line protocol with a proof of work", [
    section("SYNOPSIS", [".B tlslp", ".I command", roman("[flags]")]),
    section("DESCRIPTION", [
      roman(
        "A server takes TLS connections, makes every client pay a proof of work, asks it a handful of questions and checks every answer. A client is the other side, and a solver finds what the proof of work asks for. Each command has a page of its own.",
      ),
    ]),
    section(
      "COMMANDS",
      commands.flatMap(({ name, summary }) => [
        ".TP",
        `.BR tlslp\\-${escapeText(name)} (1)`,
        roman(summary),
      ]),
    ),
    section("ENVIRONMENT", [
      roman("Every flag of every command has an environment twin: --log-level is"),
      `.BR ${environmentName("log-level")} .`,
      roman(
        "The flag wins. An empty variable counts as unset; switches take 1 or true and 0 or false.",
      ),
    ]),
    exitStatus({}),
  ]);
}

export function commandPage(command: Description): string {
  const { name, summary, positionals, flags, examples, exitCodes } = command;
  const groups = Map.groupBy(Object.values(flags), ({ group }) => group);
  return page(`tlslp-${name}`, summary, [
    section("SYNOPSIS", [
      `.B tlslp ${name}`,
      roman("[flags]"),
      ...positionals.map((positional) => `.I ${escapeText(positional.name)}`),
    ]),
    ...(positionals.length === 0
      ? []
      : [
          section(
            "ARGUMENTS",
            positionals.flatMap((positional) => [
              ".TP",
              `.I ${escapeText(positional.name)}`,
              roman(positional.help),
            ]),
          ),
        ]),
    section(
      "OPTIONS",
      Array.from(groups).flatMap(([group, members]) => [
        `.SS ${escapeText(group)}`,
        ...members.flatMap(flagLines),
      ]),
    ),
    exitStatus(exitCodes),
    section(
      "EXAMPLES",
      examples.flatMap(({ command: line, shows }) => [
        ".TP",
        roman(shows),
        `.B ${escapeText(line)}`,
      ]),
    ),
    section("SEE ALSO", [".BR tlslp (1)"]),
  ]);
}

function flagLines(flag: Flag<unknown>): readonly string[] {
  const { name, aliases, placeholder, range, shownDefault, repeatable, help } = flag;
  const names = [name, ...aliases];
  const usage = names.map((each) => `\\fB\\-\\-${escapeText(each)}\\fR`).join(", ");
  const facts = [
    ...(range === undefined ? [] : [range]),
    ...(repeatable && !help.includes("repeatable") ? ["repeatable"] : []),
    ...(placeholder === undefined || shownDefault === undefined
      ? []
      : [`default: ${shownDefault}`]),
    `environment: ${[...new Set(names.map(environmentName))].join(", ")}`,
  ];
  return [
    ".TP",
    placeholder === undefined ? usage : `${usage} \\fI${escapeText(placeholder)}\\fR`,
    roman(`${help} (${facts.join("; ")})`),
  ];
}

function exitStatus(exceptions: Description["exitCodes"]): string {
  return section(
    "EXIT STATUS",
    exitCodesOf(exceptions).flatMap(([code, meaning]) => [".TP", `.B ${code}`, roman(meaning)]),
  );
}

function page(name: string, summary: string, sections: readonly string[]): string {
  return [
    HEAD,
    `.TH ${escapeText(name.toUpperCase())} 1 "" tlslp "User Commands"`,
    // No hyphenation or justification: readers copy names and commands.
    ".nh",
    ".ad l",
    section("NAME", [`${escapeText(name)} \\- ${escapeText(summary)}`]),
    ...sections,
    "",
  ].join("\n");
}

function section(heading: string, lines: readonly string[]): string {
  return [`.SH ${heading}`, ...lines].join("\n");
}

/** Returns a line of running text. A period or quote at its start would make it a request. */
function roman(text: string): string {
  return escapeText(text).replace(/^[.']/, "\\&$&");
}

/** Escapes text for man. `-` becomes a dash that can be copied, not a printed hyphen. */
function escapeText(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replaceAll("'", "\\(aq")
    .replaceAll('"', "\\(dq");
}
