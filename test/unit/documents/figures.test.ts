/**
 * The figures in the hand-written pages are those of the code: exit codes, limits and defaults. A
 * failure names the page and the line.
 */
import { describe, expect, test } from "bun:test";
import { EXITS } from "../../../src/cli/exit-code.ts";
import { DEFAULT_TIMEOUTS } from "../../../src/conversation/exchange.ts";
import { MAX_CONNECTIONS } from "../../../src/metrics/monitor.ts";
import { describeCommands } from "../../../src/program.ts";
import { MAX_LINE_LENGTH } from "../../../src/wire/line.ts";
import { MAX_BITS, MAX_VALUE_LENGTH, MAX_WORD_LENGTH } from "../../../src/wire/message.ts";
import { mentionsOf, tablesWith } from "../../support/mentions.ts";

describe("exit codes", () => {
  const codes = Object.values(EXITS).map(({ code }): number => code);

  test("exist, each that a page names", () => {
    const problems = mentionsOf(/\bexit(?:s with(?: code)?| codes?) (\d+)\b/gi)
      .filter(({ groups: [number] }) => !codes.includes(Number(number)))
      .map(({ where, text }) => `${where}: ${text}: there is no such exit code`);
    expect(problems).toEqual([]);
  });

  test("are all in a table of exit codes", () => {
    const problems = tablesWith(/^exit(?: code)?$/i).flatMap(({ where, rows }) => {
      const shown = rows.flatMap(([cell = ""]) => (cell.match(/\d+/g) ?? []).map(Number));
      const missing = [1, 2, 3, 4, 5, 6].filter((code) => !shown.includes(code));
      const unknown = shown.filter((code) => !codes.includes(code));
      return [
        ...missing.map((code) => `${where}: the table has no row for exit code ${code}`),
        ...unknown.map((code) => `${where}: there is no exit code ${code}`),
      ];
    });
    expect(problems).toEqual([]);
  });

  test("are all in a sentence that lists them", () => {
    const problems = mentionsOf(/Exit codes: ([^.]*)\./g).flatMap(
      ({ where, groups: [list = ""] }) => {
        const shown = (list.match(/\d+/g) ?? []).map(Number);
        const wanted = codes.filter((code) => code < 128);
        return `${shown}` === `${wanted}` ? [] : [`${where}: has ${shown}, and not ${wanted}`];
      },
    );
    expect(problems).toEqual([]);
  });
});

/** Sentences with a limit of the program, each with its value; the group is the number. */
const LIMITS: readonly (readonly [sentence: RegExp, value: number])[] = [
  [/\b(\d+) bytes without a newline\*\* are no violation/g, MAX_LINE_LENGTH],
  [/at most (\d+) bytes (?:with|without control|without a `\\n`)/g, MAX_LINE_LENGTH],
  [/A text has 1 to (\d+)\s+bytes/g, MAX_VALUE_LENGTH],
  [/It has (\d+) connections at a time/g, MAX_CONNECTIONS],
  [/zero\s+bits, 0 to (\d+)/g, MAX_BITS],
  [/the longest suffix, 16 to (\d+) characters/g, MAX_WORD_LENGTH],
  [/for the work and for every other step \| (\d+) and \d+/g, DEFAULT_TIMEOUTS.work],
  [/for the work and for every other step \| \d+ and (\d+)/g, DEFAULT_TIMEOUTS.other],
];

for (const [sentence, value] of LIMITS) {
  test(`the number in ${sentence.source} is ${value}`, () => {
    const problems = mentionsOf(sentence)
      .filter(({ groups: [number] }) => Number(number) !== value)
      .map(({ where, text }) => `${where}: "${text}", but the limit is ${value}`);
    expect(problems).toEqual([]);
  });
}

describe("the options of the library", async () => {
  const described = await describeCommands();
  // Those that the package has a function for.
  const commands = ["server", "client", "solve"].flatMap((name) =>
    described.filter(({ meta }) => meta.name === name),
  );
  const rows = tablesWith(/^option$/)
    .filter(({ where }) => where.startsWith("docs/library.md"))
    .flatMap((table) => table.rows)
    .map(([name = "", meaning = "", shown = ""]) => {
      const key = name.replaceAll("`", "");
      const flag = commands
        .map((command) => ("flags" in command ? command.flags[key] : undefined))
        .find((each) => each !== undefined);
      return { key, meaning, shown, flag };
    });

  test("have the ranges of the flags with their names", () => {
    const problems = rows.flatMap(({ key, meaning, flag }) => {
      const range = /\b\d+ to \d+\b/.exec(meaning)?.[0];
      const isRight = range === undefined || flag?.range === undefined || flag.range === range;
      return isRight ? [] : [`docs/library.md: ${key} takes ${flag.range}, not ${range}`];
    });
    expect(problems).toEqual([]);
  });

  test("have the numbers that these have as defaults", () => {
    const numberIn = (text = "") => /^\d+\b/.exec(text)?.[0];
    const problems = rows
      // A library takes any free port, and the command a port that people know.
      .filter(({ key }) => key !== "port")
      .flatMap(({ key, shown, flag }) => {
        const [number, right] = [numberIn(shown), numberIn(flag?.shownDefault)];
        const isRight = number === undefined || right === undefined || number === right;
        return isRight ? [] : [`docs/library.md: the default of ${key} is ${right}, not ${number}`];
      });
    expect(problems).toEqual([]);
  });
});
