#!/usr/bin/env bun
/**
 * The executable: picks the command and loads nothing else.
 */
import { defineCommand, runCommand as runCitty } from "citty";
import { programHelp } from "./cli/help.ts";
import { nearest } from "./cli/nearest.ts";
import { print, warn } from "./cli/output.ts";
import { conclude, runCommand } from "./cli/run.ts";
import { Fault } from "./fault.ts";
import { quoted } from "./printable.ts";
import { versionLine } from "./version.ts";

type Arguments = readonly string[];

interface Entry {
  readonly summary: string;
  readonly run: (args: Arguments) => Promise<number>;
}

const environment = process.env;

/** Every command, in the order of the help. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  solve: {
    summary: "find a suffix that solves a puzzle",
    run: async (args) =>
      runCommand((await import("./commands/solve.ts")).solveCommand, args, environment),
  },
  verify: {
    summary: "check a suffix",
    run: async (args) =>
      runCommand((await import("./commands/verify.ts")).verifyCommand, args, environment),
  },
  server: {
    summary: "make clients work, ask them, check their answers",
    run: async (args) =>
      runCommand((await import("./commands/server.ts")).serverCommand, args, environment),
  },
  client: {
    summary: "work for a server and answer it",
    run: async (args) =>
      runCommand((await import("./commands/client.ts")).clientCommand, args, environment),
  },
  certs: {
    summary: "make a private CA, a server certificate and a client certificate",
    run: async (args) =>
      runCommand((await import("./commands/certs.ts")).certsCommand, args, environment),
  },
  bench: {
    summary: "measure how fast this machine solves puzzles",
    run: async (args) =>
      runCommand((await import("./commands/bench.ts")).benchCommand, args, environment),
  },
};

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
  const answer = TOP_LEVEL_FLAGS[first];
  if (answer !== undefined && Object.hasOwn(TOP_LEVEL_FLAGS, first)) {
    if (second !== undefined) {
      throw new Fault("usage", `unexpected argument ${quoted(second)}`);
    }
    print(answer());
    return 0;
  }
  if (COMMANDS[first] === undefined || !Object.hasOwn(COMMANDS, first)) {
    throw unknown(first);
  }
  const exit = Promise.withResolvers<number>();
  await runCitty(createProgram(exit.resolve), { rawArgs: [...args] });
  return exit.promise;
}

/** The command tree. Arguments go through as they are: their parsing is stricter than citty's. */
function createProgram(onExit: (code: number) => void) {
  const subCommands = Object.entries(COMMANDS).map(([name, { summary, run }]) => [
    name,
    defineCommand({
      meta: { name, description: summary },
      run: async ({ rawArgs }) => onExit(await run(rawArgs)),
    }),
  ]);
  return defineCommand({ meta: { name: "tlslp" }, subCommands: Object.fromEntries(subCommands) });
}

function help(): string {
  return programHelp(Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary]));
}

function unknown(word: string): Fault {
  const [kind, names] = word.startsWith("-")
    ? ["flag", Object.keys(TOP_LEVEL_FLAGS)]
    : ["command", Object.keys(COMMANDS)];
  const guess = nearest(word, names);
  return new Fault("usage", `unknown ${kind} ${quoted(word)}`, {
    hint: guess === undefined ? "tlslp --help lists the commands" : `did you mean tlslp ${guess}?`,
  });
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (thrown) {
  process.exit(conclude(thrown));
}
