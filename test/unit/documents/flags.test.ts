/**
 * Each flag, variable and command that the pages mention exists, and defaults are those of the
 * program. A failure names the page and the line.
 */
import { expect, test } from "bun:test";
import { environmentName, type Flag } from "../../../src/cli/flag.ts";
import { commandsOf } from "../../../src/cli/group.ts";
import { describeCommands } from "../../../src/program.ts";
import { documentationPages } from "../../support/examples/blocks.ts";
import {
  codeOf,
  FLAG,
  handWrittenPages,
  invocationsIn,
  mentionsOf,
  readPage,
} from "../../support/mentions.ts";

const groups = await describeCommands();
const commands = groups.flatMap((each) => ("members" in each ? commandsOf(each) : [each]));
/** Commands may have flags of one name with different defaults. */
const flags = Map.groupBy(
  commands.flatMap((command) => Object.values(command.flags)).flatMap(byName),
  ({ name }) => name,
);

/** Flags of the program, which are not declared as data. */
const TOP_LEVEL = ["--help", "--version"];

/** Flags of other programs, each with its program, where the text names them alone. */
const FOREIGN_FLAGS: Readonly<Record<string, string>> = {
  "--uninstall": "install.sh",
  "--diagrams": "scripts/site",
  "--variants": "bench/figures/run",
  "--arm": "bench/figures/run",
  "--will-cite": "GNU parallel",
};

/** Variables without a flag. */
const OTHER_VARIABLES = ["TLSLP_PASSWORD", "TLSLP_FUZZ_CASES"];

test("each command line in a page names a command, and flags that it has", () => {
  const problems = documentationPages()
    .flatMap((page) => codeOf(page, readPage(page)))
    .flatMap(invocationsIn)
    .flatMap(({ where, words, flags: used }) => {
      const command = findCommand(words);
      if (command === undefined) {
        return isIncomplete(words)
          ? []
          : [`${where}: there is no command tlslp ${words.join(" ")}`];
      }
      const known = [...Object.values(command.flags).flatMap(namesOf), ...TOP_LEVEL];
      return used
        .filter((flag) => !known.includes(flag))
        .map((flag) => `${where}: tlslp ${command.meta.name} has no flag ${flag}`);
    });
  expect(problems).toEqual([]);
});

test("each flag that the text names alone is a flag of some command", () => {
  const problems = [...handWrittenPages()]
    .flatMap(([page, text]) => codeOf(page, text))
    .filter(({ text }) => text.startsWith("--"))
    .flatMap(({ where, text }) => (text.match(FLAG) ?? []).map((flag) => ({ where, flag })))
    .filter(({ flag }) => ![...flags.keys(), ...TOP_LEVEL].includes(flag))
    .filter(({ flag }) => FOREIGN_FLAGS[flag] === undefined)
    .map(({ where, flag }) => `${where}: no command has ${flag}`);
  expect(problems).toEqual([]);
});

test("each variable is the twin of a flag", () => {
  const twins = [...flags.keys()].map((name) => environmentName(name.slice(2)));
  const problems = mentionsOf(/\bTLSLP_[A-Z_]*[A-Z]\b/g)
    .filter(({ text }) => ![...twins, ...OTHER_VARIABLES].includes(text))
    .map(({ where, text }) => `${where}: no flag has the variable ${text}`);
  expect(problems).toEqual([]);
});

test("the default that follows a flag in brackets is that of the flag", () => {
  const found = mentionsOf(/`(--[a-z-]+)[^`]*`\s+\((?:default:?\s+)?`?(\d[\w.]*)`?[),]/g);
  const problems = found.flatMap(({ where, groups: [name = "", value = ""] }) => {
    const shown = flags.get(name)?.map(({ flag }) => flag.shownDefault) ?? [];
    return shown.includes(value)
      ? []
      : [`${where}: the default of ${name} is ${shown.join(" or ")}, not ${value}`];
  });
  expect(found).not.toBeEmpty();
  expect(problems).toEqual([]);
});

function byName(flag: Flag<unknown>) {
  return namesOf(flag).map((name) => ({ name, flag }));
}

function namesOf({ name, aliases }: Flag<unknown>): readonly string[] {
  return [name, ...aliases].map((each) => `--${each}`);
}

function findCommand([first = "", second = ""]: readonly string[]) {
  const named = (name: string) => commands.find(({ meta }) => meta.name === name);
  const command = named(`${first} ${second}`) ?? named(first);
  const takesWord = second === "" || command?.meta.name !== first || command.positionals.length > 0;
  return takesWord ? command : undefined;
}

/** Whether the words are a group alone, a request for help, or none: `tlslp --version`. */
function isIncomplete([first, second]: readonly string[]): boolean {
  const isGroup = groups.some(({ meta }) => meta.name === first);
  return first === undefined || first === "help" || (isGroup && second === undefined);
}
