/**
 * The program: its commands, each loaded when it is asked for.
 */
import type { Command, CommandGroup, Description, GroupDescription } from "./cli/command.ts";

type Commands<C> = Readonly<Record<string, () => Promise<C>>>;

/** In the order of the help. Without a prototype, so that no command is called "constructor". */
const COMMANDS = withoutPrototype<Command | CommandGroup>({
  solve: async () => (await import("./commands/solve.ts")).solveCommand,
  verify: async () => (await import("./commands/verify.ts")).verifyCommand,
  server: async () => (await import("./commands/server.ts")).serverCommand,
  client: async () => (await import("./commands/client.ts")).clientCommand,
  submissions: async () => (await import("./commands/submissions/group.ts")).submissionsGroup,
  "verify-receipt": async () => (await import("./commands/verify-receipt.ts")).verifyReceiptCommand,
  certs: async () => (await import("./commands/certs/group.ts")).certsGroup,
  invite: async () => (await import("./commands/invite.ts")).inviteCommand,
  revoke: async () => (await import("./commands/revoke.ts")).revokeCommand,
  conform: async () => (await import("./commands/conform.ts")).conformCommand,
  health: async () => (await import("./commands/health.ts")).healthCommand,
  bench: async () => (await import("./commands/bench.ts")).benchCommand,
  completions: async () =>
    (await import("./commands/completions.ts")).createCompletionsCommand(describeCommands),
});

export const PROGRAM = {
  meta: {
    name: "tlslp",
    description: "collect applications: clients solve a puzzle, then answer questions",
  },
  subCommands: COMMANDS,
} as const;

/** Returns every command with its flags and examples, and every group with its commands. */
export function describeCommands(): Promise<readonly (Description | GroupDescription)[]> {
  return Promise.all(
    Object.values(COMMANDS).map(async (load) => {
      const command = await load();
      return isGroup(command) ? describeGroup(command) : command;
    }),
  );
}

export async function describeGroup({
  meta,
  own,
  subCommands,
}: CommandGroup): Promise<GroupDescription> {
  const members = await Promise.all(Object.values(subCommands).map((load) => load()));
  return own === undefined ? { meta, members } : { meta, own: await own(), members };
}

export function isGroup(command: Command | CommandGroup): command is CommandGroup {
  return "subCommands" in command && command.subCommands !== undefined;
}

function withoutPrototype<C>(commands: Commands<C>): Commands<C> {
  return Object.assign(Object.create(null), commands);
}
