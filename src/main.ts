#!/usr/bin/env bun
/**
 * The executable: answers a few top-level flags itself, and leaves the rest to a command.
 */
import { runCommand } from "citty";
import { usesColor } from "./cli/color.ts";
import type { Command, CommandGroup } from "./cli/command.ts";
import { EXITS } from "./cli/exit-code.ts";
import { commandFirst } from "./cli/group.ts";
import { commandHelp, groupHelp, programHelp } from "./cli/help.ts";
import { nearest } from "./cli/nearest.ts";
import { finishStderr, print, printNote } from "./cli/output.ts";
import { asksForHelp } from "./cli/parse.ts";
import { reportEnd } from "./cli/report.ts";
import { holdSignals } from "./cli/signals.ts";
import { HELP_COMMAND, HELP_FLAG, VERSION_FLAG } from "./cli/top-level.ts";
import { Fault, LIBRARY_VOICE } from "./fault/fault.ts";
import { describeCommands, describeGroup, isGroup, PROGRAM } from "./program.ts";
import { versionLine } from "./version.ts";

type Arguments = readonly string[];

/** Answers the arguments, or runs their command, which sets `process.exitCode`. */
async function main([first, ...rest]: Arguments): Promise<void> {
  if (first === undefined) {
    printNote(await help());
    process.exitCode = EXITS.usage.code;
  } else if (HELP_COMMAND.names.includes(first)) {
    await showHelp(rest);
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

/** Shows help: `tlslp help solve` is `tlslp solve --help`, and `tlslp help` is `tlslp --help`. */
async function showHelp(words: Arguments): Promise<void> {
  const [name, second, ...rest] = words;
  const [helpFlag] = HELP_FLAG.names;
  if (name === undefined || HELP_FLAG.names.includes(name)) {
    refuseSurplus(words.slice(1));
    await main([helpFlag]);
  } else if (second !== undefined && (await findGroup(name)) !== undefined) {
    refuseSurplus(rest);
    await main([name, second, helpFlag]);
  } else {
    refuseSurplus(words.slice(1));
    await main([name, helpFlag]);
  }
}

async function runNamed(name: string, args: Arguments): Promise<void> {
  const group = await findGroup(name);
  if (group !== undefined) {
    await runMember(group, args);
  } else if (name in PROGRAM.subCommands) {
    await runCommand(PROGRAM, { rawArgs: [name, ...args] });
  } else {
    const names = [...Object.keys(PROGRAM.subCommands), ...VERSION_FLAG.names];
    throw new Fault("unknownCommand", { word: name, nearest: nearest(name, names) });
  }
}

/** Runs a command of a group, or shows the group's help. */
async function runMember(group: CommandGroup, args: Arguments): Promise<void> {
  const [first, ...rest] = args;
  if (group.own !== undefined) {
    await runOwn(group, await group.own(), args);
  } else if (first === undefined) {
    printNote(groupHelp(await describeGroup(group)));
    process.exitCode = EXITS.usage.code;
  } else if (HELP_FLAG.names.includes(first)) {
    refuseSurplus(rest);
    await print(groupHelp(await describeGroup(group)));
  } else {
    const hasFlagFirst = first.startsWith("-");
    const [command = first, ...others] = hasFlagFirst
      ? commandFirst(args, await describeGroup(group))
      : args;
    requireMember(group, command, first);
    await runCommand(group, { rawArgs: [command, ...others] });
  }
}

/** Runs the command that is named, or the group's own. */
async function runOwn(group: CommandGroup, own: Command, args: Arguments): Promise<void> {
  const description = await describeGroup(group);
  const [word = "", ...rest] = commandFirst(args, description);
  if (Object.hasOwn(group.subCommands, word)) {
    await runCommand(group, { rawArgs: [word, ...rest] });
  } else if (asksForHelp(args)) {
    await print(commandHelp(own, description.members));
  } else if (word.startsWith("-") || nearest(word, Object.keys(group.subCommands)) === undefined) {
    await runCommand(own, { rawArgs: [...args] });
  } else {
    throw unknownMember(group, word);
  }
}

/** Throws a usage fault where the group has no such command, about the first argument. */
function requireMember({ meta, subCommands }: CommandGroup, command: string, first: string): void {
  if (Object.hasOwn(subCommands, command)) {
    return;
  }
  if (first.startsWith("-")) {
    const facts = { flag: first, suggestions: [], beforeCommandOf: `tlslp ${meta.name}` };
    throw new Fault("unknownFlag", facts);
  }
  throw unknownMember({ meta, subCommands }, command);
}

function unknownMember({ meta, subCommands }: CommandGroup, word: string): Fault {
  const guess = nearest(word, Object.keys(subCommands));
  return new Fault("unknownCommand", { word, nearest: guess, group: meta.name });
}

async function findGroup(name: string): Promise<CommandGroup | undefined> {
  const command = await PROGRAM.subCommands[name]?.();
  return command !== undefined && isGroup(command) ? command : undefined;
}

async function help(): Promise<string> {
  return programHelp(PROGRAM.meta.description, await describeCommands());
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
    beforeCommandOf: PROGRAM.meta.name,
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
  const hasColor = await usesColor(args, process.env);
  process.exitCode = reportEnd(thrown, { voice: LIBRARY_VOICE, hasColor });
}
await finishStderr();
process.exit();
