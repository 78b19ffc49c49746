/**
 * The exit codes of the program: here and nowhere else.
 */
import type { Family } from "../fault/define.ts";
import { toFault } from "../fault/fault.ts";
import { type EndSignal, Interrupted } from "./signals.ts";

interface Exit {
  readonly code: number;
  /** For the manual. */
  readonly meaning: string;
}

/** Every way to end; a command may declare another code for a signal. */
export const EXITS = {
  done: { code: 0, meaning: "done" },
  internal: { code: 1, meaning: "a failure of the program or the machine" },
  usage: { code: 2, meaning: "usage or configuration" },
  transport: {
    code: 3,
    meaning: "transport: the network, TLS or a certificate failed, or the peer closed",
  },
  protocol: { code: 4, meaning: "the peer broke the protocol" },
  timeout: { code: 5, meaning: "a time limit passed" },
  refused: { code: 6, meaning: "the peer refused" },
  // 128 + the number of the signal, as shells report it.
  SIGHUP: { code: 129, meaning: "ended by SIGHUP: its terminal was closed" },
  SIGINT: { code: 130, meaning: "ended by SIGINT" },
  SIGTERM: { code: 143, meaning: "ended by SIGTERM" },
} as const satisfies Record<"done" | Family | EndSignal, Exit>;

/** Returns the exit code for the error or the interruption that ended a command. */
export function exitCodeOf(thrown: unknown): number {
  return thrown instanceof Interrupted ? thrown.exitCode : EXITS[toFault(thrown).family].code;
}
