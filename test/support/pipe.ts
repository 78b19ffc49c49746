/**
 * A pipe that takes what is written to it until it is full, and then somebody must read.
 */
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, type Program, start } from "./processes.ts";

export interface UnreadPipe extends Disposable {
  /** The command with its stderr in the pipe. */
  readonly behind: (command: readonly string[]) => readonly string[];
  /** Starts a reader, on whose stdout is all that comes. */
  readonly read: () => Program;
}

export function makeUnreadPipe(): UnreadPipe {
  const folder = makeFolder();
  const path = join(folder.path, "pipe");
  Bun.spawnSync(["mkfifo", path]);
  // For reading too, or nobody could write: Linux opens both ends at once.
  const held = openSync(path, constants.O_RDWR);
  return {
    behind: (command) => ["sh", "-c", 'exec 2>"$0" && exec "$@"', path, ...command],
    read: () => start(["cat", path]),
    [Symbol.dispose]() {
      closeSync(held);
      folder[Symbol.dispose]();
    },
  };
}
