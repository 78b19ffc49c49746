/**
 * `tlslp certs`: makes certificates by itself; its other commands renew and show them.
 */
import type { CommandGroup } from "../../cli/command.ts";
import { makeCommand } from "./make.ts";

export const certsGroup: CommandGroup = {
  meta: makeCommand.meta,
  own: async () => makeCommand,
  subCommands: {
    renew: async () => (await import("./renew.ts")).renewCommand,
    show: async () => (await import("./show.ts")).showCommand,
  },
};
