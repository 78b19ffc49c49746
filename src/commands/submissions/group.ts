/**
 * `tlslp submissions`: reads the store of answers, while servers run.
 */
import type { CommandGroup } from "../../cli/command.ts";

export const submissionsGroup: CommandGroup = {
  meta: {
    name: "submissions",
    description: "read, count, export and erase the answers that servers keep",
  },
  subCommands: {
    list: async () => (await import("./list.ts")).listCommand,
    show: async () => (await import("./show.ts")).showCommand,
    export: async () => (await import("./export.ts")).exportCommand,
    delete: async () => (await import("./delete.ts")).deleteCommand,
    purge: async () => (await import("./purge.ts")).purgeCommand,
    stats: async () => (await import("./stats.ts")).statsCommand,
    receipt: async () => (await import("./receipt.ts")).receiptCommand,
  },
};
