/**
 * Every command of the program, each loaded only when it is asked for.
 */
import type { Command, Description, Positionals } from "./cli/command.ts";
import type { FlagSet } from "./cli/flag.ts";
import { withGlobals } from "./cli/globals.ts";
import type { Environment } from "./cli/parse.ts";
import { runCommand } from "./cli/run.ts";

export interface Entry {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Runs it to its end; never throws. Returns the process's exit code. */
  readonly run: (args: readonly string[], environment: Environment) => Promise<number>;
  readonly describe: () => Promise<Description>;
}

/** In the order of the help. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  solve: entry(
    "find a suffix that solves a puzzle",
    async () => (await import("./commands/solve.ts")).solveCommand,
  ),
  verify: entry("check a suffix", async () => (await import("./commands/verify.ts")).verifyCommand),
  server: entry(
    "make clients work, ask them, check their answers",
    async () => (await import("./commands/server.ts")).serverCommand,
  ),
  client: entry(
    "work for a server and answer it",
    async () => (await import("./commands/client.ts")).clientCommand,
  ),
  certs: entry(
    "make a private CA, a server certificate and a client certificate",
    async () => (await import("./commands/certs.ts")).certsCommand,
  ),
  bench: entry(
    "measure how fast this machine solves puzzles",
    async () => (await import("./commands/bench.ts")).benchCommand,
  ),
  completions: entry("print what makes a shell complete tlslp's command line", async () =>
    (await import("./commands/completions.ts")).createCompletionsCommand(describeCommands),
  ),
};

/** What each command's own file says of it. */
export function describeCommands(): Promise<readonly Description[]> {
  return Promise.all(Object.values(COMMANDS).map(({ describe }) => describe()));
}

function entry<F extends FlagSet, P extends Positionals>(
  summary: string,
  load: () => Promise<Command<F, P>>,
): Entry {
  return {
    summary,
    run: async (args, environment) => runCommand(await load(), args, environment),
    describe: async () => withGlobals(await load()),
  };
}
