#!/usr/bin/env bun
/**
 * The executable: picks the command and loads nothing else.
 */
import { defineCommand, runCommand as runCitty } from "citty";
import { requireText } from "./cli/arguments.ts";
import { holdSignals } from "./cli/early-signals.ts";
import { programHelp } from "./cli/help.ts";
import { nearest } from "./cli/nearest.ts";
import { print, warn } from "./cli/output.ts";
import { conclude } from "./cli/run.ts";
import { type Fault, oldFault } from "./fault/fault.ts";
import { quoted } from "./fault/printable.ts";
import { COMMANDS } from "./program.ts";
import { versionLine } from "./version.ts";

type Arguments = readonly string[];

/** What is answered without any command. */
const TOP_LEVEL_FLAGS: Readonly<Record<string, () => string>> = {
  "--help": help,
  "-h": help,
  "--version": versionLine,
};

async function main(args: Arguments): Promise<number> {
  const [first, second] = args;
  if (first === undefined) {
    warn(help());
    return 2;
  }
  requireText(args);
  if (first === "help") {
    return explain(args.slice(1));
  }
  const answer = TOP_LEVEL_FLAGS[first];
  if (answer !== undefined && Object.hasOwn(TOP_LEVEL_FLAGS, first)) {
    if (second !== undefined) {
      throw surplus(second);
    }
    await print(answer());
    return 0;
  }
  if (COMMANDS[first] === undefined || !Object.hasOwn(COMMANDS, first)) {
    throw unknown(first);
  }
  // The runtime would warn that it logs what HTTP carries, though nothing here does.
  delete process.env["NODE_DEBUG"];
  const exit = Promise.withResolvers<number>();
  await runCitty(createProgram(exit.resolve), { rawArgs: [...args] });
  return exit.promise;
}

/** `tlslp help solve` is `tlslp solve --help`, and `tlslp help` is `tlslp --help`. */
function explain([name, second]: Arguments): Promise<number> {
  if (second !== undefined) {
    throw surplus(second);
  }
  return main(
    name === undefined || name === "--help" || name === "-h" ? ["--help"] : [name, "--help"],
  );
}

/** The command tree. Arguments go through as they are: their parsing is stricter than citty's. */
function createProgram(onExit: (code: number) => void) {
  const subCommands = Object.entries(COMMANDS).map(([name, { summary, run }]) => [
    name,
    defineCommand({
      meta: { name, description: summary },
      run: async ({ rawArgs }) => onExit(await run(rawArgs, process.env)),
    }),
  ]);
  return defineCommand({ meta: { name: "tlslp" }, subCommands: Object.fromEntries(subCommands) });
}

function help(): string {
  return programHelp(Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary]));
}

function surplus(word: string): Fault {
  return oldFault("usage", `unexpected argument ${quoted(word)}`);
}

function unknown(word: string): Fault {
  const isFlag = word.startsWith("-");
  const names = isFlag ? ["--help", "--version"] : [...Object.keys(COMMANDS), "--version"];
  // Other programs have a letter for it.
  const guess = /^-v$/i.test(word) ? "--version" : nearest(word, names);
  const otherwise = `${isFlag ? "flags stand behind a command; " : ""}tlslp --help lists the commands`;
  return oldFault("usage", `unknown ${isFlag ? "flag" : "command"} ${quoted(word)}`, {
    hint: guess === undefined ? otherwise : `did you mean tlslp ${guess}?`,
  });
}

// A server takes a while to load what it needs, and others may already have something to tell it.
if (process.argv[2] === "server") {
  holdSignals();
}
// Whatever the umask takes from others, a file that we make is its owner's to use.
process.umask(process.umask() & 0o077);
try {
  process.exit(await main(process.argv.slice(2)));
} catch (thrown) {
  process.exit(await conclude(thrown));
}
