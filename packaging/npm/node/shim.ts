#!/usr/bin/env node
/**
 * The command `tlslp` of the npm package: runs the executable of the platform package, with the
 * same arguments, streams and exit.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { findExecutable } from "../platform.ts";

/** Signals that a supervisor sends to one process. */
const FORWARDED = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
/** Signals that a terminal sends to all its processes, the executable included. */
const FROM_TERMINAL = ["SIGINT", "SIGQUIT"] as const;

function main(): void {
  const executable = findExecutable();
  const args = process.argv.slice(2);
  if (process.platform !== "win32" && process.execve !== undefined) {
    // Replaces this process, so that nothing is between the executable and its caller.
    process.execve(executable, [executable, ...args], process.env);
  }
  runAsChild(executable, args);
}

/** Serves Windows, and Node before 22.15. */
function runAsChild(executable: string, args: readonly string[]): void {
  let child: ChildProcess | undefined;
  // Before the start, because a signal that is not handled would leave the executable alone.
  for (const signal of FORWARDED) {
    on(signal, () => child?.kill(signal));
  }
  for (const signal of FROM_TERMINAL) {
    // Two would end the executable at once, so a terminal's signal is not sent again.
    on(signal, () => process.stdin.isTTY || child?.kill(signal));
  }
  child = spawn(executable, args, { stdio: "inherit" });
  child.on("error", fail);
  child.on("exit", (code, signal) => process.exit(code ?? exitCodeOf(signal)));
}

/** Handles a signal, where the system has it. */
function on(signal: NodeJS.Signals, action: () => void): void {
  if (signal in constants.signals) {
    process.on(signal, action);
  }
}

/** Returns the exit code that a shell shows for a signal. */
function exitCodeOf(signal: NodeJS.Signals | null): number {
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`tlslp: error: ${message}\n`);
  process.exit(1);
}

try {
  main();
} catch (error) {
  fail(error);
}
