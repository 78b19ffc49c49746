#!/usr/bin/env bun
/**
 * The executable: answers a few top-level flags itself, and leaves the rest to a command.
 */
import { runCommand } from "citty";
import { usesColor } from "./cli/color.ts";
import { EXITS } from "./cli/exit-code.ts";
import { programHelp } from "./cli/help.ts";
import { nearest } from "./cli/nearest.ts";
import { finishStderr, print, STDERR, warn } from "./cli/output.ts";
import { reportEnd } from "./cli/report.ts";
import { holdSignals } from "./cli/signals.ts";
import { HELP_COMMAND, HELP_FLAG, VERSION_FLAG } from "./cli/top-level.ts";
import { errorCode, Fault, LIBRARY_VOICE } from "./fault/fault.ts";
import { COMMAND_NAMES, describeCommands, META, PROGRAM } from "./program.ts";
import { versionLine } from "./version.ts";

type Arguments = readonly string[];

/** Answers the arguments, or runs their command, which sets `process.exitCode`. */
async function main([first, ...rest]: Arguments): Promise<void> {
  if (first === undefined) {
    warn(await help());
    process.exitCode = EXITS.usage.code;
  } else if (HELP_COMMAND.names.includes(first)) {
    await explain(rest);
  } else if (HELP_FLAG.names.includes(first)) {
    refuseSurplus(rest);
    await print(await help());
  } else if (VERSION_FLAG.names.includes(first)) {
    refuseSurplus(rest);
    await print(versionLine());
  } else if (first.startsWith("-")) {
    throw unknownFlag(first);
  } else {
    await runNamed(first, rest);
  }
}

/** `tlslp help solve` is `tlslp solve --help`, and `tlslp help` is `tlslp --help`. */
async function explain([name, ...rest]: Arguments): Promise<void> {
  refuseSurplus(rest);
  const [helpFlag] = HELP_FLAG.names;
  const asksForProgram = name === undefined || HELP_FLAG.names.includes(name);
  await main(asksForProgram ? [helpFlag] : [name, helpFlag]);
}

async function runNamed(name: string, args: Arguments): Promise<void> {
  try {
    await runCommand(PROGRAM, { rawArgs: [name, ...args] });
  } catch (thrown) {
    // An empty name is no name for citty.
    if (["E_UNKNOWN_COMMAND", "E_NO_COMMAND"].includes(errorCode(thrown))) {
      const names = [...COMMAND_NAMES, ...VERSION_FLAG.names];
      throw new Fault("unknownCommand", { word: name, nearest: nearest(name, names) });
    }
    throw thrown;
  }
}

async function help(): Promise<string> {
  return programHelp(META.description, await describeCommands());
}

function refuseSurplus([word]: Arguments): void {
  if (word !== undefined) {
    throw new Fault("unexpectedArgument", { word });
  }
}

function unknownFlag(flag: string): Fault {
  const names = [...HELP_FLAG.names, ...VERSION_FLAG.names].filter((name) => name.startsWith("--"));
  // Other programs have a letter for the version.
  const guess = /^-v$/i.test(flag) ? VERSION_FLAG.names[0] : nearest(flag, names);
  return new Fault("unknownFlag", {
    flag,
    suggestions: guess === undefined ? [] : [guess],
    beforeCommand: true,
  });
}

const args = process.argv.slice(2);
if (args[0] === "server") {
  holdSignals();
}
// Never let the umask remove the owner's own permissions.
process.umask(process.umask() & 0o077);
try {
  await main(args);
} catch (thrown) {
  const hasColor = usesColor(STDERR, args, process.env);
  process.exitCode = reportEnd(thrown, { voice: LIBRARY_VOICE, hasColor });
}
await finishStderr();
process.exit();
