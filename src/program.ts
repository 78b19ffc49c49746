/**
 * The program: its commands, each loaded when it is asked for.
 */
import { type CommandDef, defineCommand } from "citty";
import type { Command, Description } from "./cli/command.ts";

/** In the order of the help. Without a prototype, so that no command is called "constructor". */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = Object.assign(
  Object.create(null),
  {
    solve: async () => (await import("./commands/solve.ts")).solveCommand,
    verify: async () => (await import("./commands/verify.ts")).verifyCommand,
    server: async () => (await import("./commands/server.ts")).serverCommand,
    client: async () => (await import("./commands/client.ts")).clientCommand,
    certs: async () => (await import("./commands/certs.ts")).certsCommand,
    health: async () => (await import("./commands/health.ts")).healthCommand,
    bench: async () => (await import("./commands/bench.ts")).benchCommand,
    completions: async () =>
      (await import("./commands/completions.ts")).createCompletionsCommand(describeCommands),
  },
);

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

export const META = {
  name: "tlslp",
  description: "a TLS line protocol with a proof of work",
} as const;

export const PROGRAM: CommandDef = defineCommand({
  meta: META,
  subCommands: COMMANDS,
});

/** Every command with its flags and examples. */
export function describeCommands(): Promise<readonly Description[]> {
  return Promise.all(Object.values(COMMANDS).map((load) => load()));
}
