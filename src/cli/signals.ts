/**
 * Signals of the operating system.
 *
 * - SIGINT and SIGTERM: the first one asks the command to end, the second one ends it at once.
 * - SIGHUP: asks it to end when its terminal was closed. Otherwise it is the command's to define.
 * - SIGUSR1: the log file was moved away and must be opened again.
 */

import { closeSync, openSync } from "node:fs";
import { errorCode } from "../fault/fault.ts";
import { isTerminal } from "./terminal.ts";

export type EndSignal = "SIGHUP" | "SIGINT" | "SIGTERM";
export type SignalExitCodes = Readonly<Record<EndSignal, number>>;
type RequestSignal = "SIGHUP" | "SIGUSR1";

/** The reason with which a command's abort signal aborts. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;

  constructor(by: EndSignal, exitCode: number) {
    super(`interrupted by ${by}`);
    this.exitCode = exitCode;
  }
}

const actions = new Map<RequestSignal, () => void>();
const early = new Set<RequestSignal>();

/**
 * Keeps SIGHUP and SIGUSR1 from ending a server that is still starting. They are remembered until
 * `onSignal` is called: a tool may renew certificates and ask for a reload at any moment.
 */
export function holdSignals(): void {
  for (const name of ["SIGHUP", "SIGUSR1"] as const) {
    process.on(name, receive);
  }
}

/** Runs the action on every such signal from now on, and now if one was held. */
export function onSignal(name: RequestSignal, action: () => void): void {
  actions.set(name, action);
  process.off(name, receive);
  process.on(name, receive);
  if (early.delete(name)) {
    action();
  }
}

function receive(name: RequestSignal): void {
  const action = actions.get(name);
  if (action === undefined) {
    early.add(name);
  } else {
    action();
  }
}

export interface Signals {
  /** Aborts with `Interrupted`. */
  readonly signal: AbortSignal;
  /**
   * Runs the action on every SIGHUP from now on, except the one that says that our terminal was
   * closed. Until then SIGHUP ends the program, unless it is held.
   */
  readonly onHangup: (action: () => void) => Promise<void>;
}

/** Takes over SIGINT and SIGTERM for the rest of the process. */
export function watchSignals(exitCodes: SignalExitCodes): Signals {
  const controller = new AbortController();
  let interrupted: Interrupted | undefined;

  function interrupt(by: EndSignal): void {
    interrupted = new Interrupted(by, exitCodes[by]);
    controller.abort(interrupted);
  }

  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (interrupted !== undefined) {
        process.exit(interrupted.exitCode);
      }
      interrupt(name);
    });
  }
  return {
    signal: controller.signal,
    async onHangup(action) {
      const streams = await Promise.all([0, 1, 2].map(isTerminal));
      const wasInTerminal = streams.includes(true) && hasTerminal();
      onSignal("SIGHUP", () => {
        if (!wasInTerminal || hasTerminal()) {
          action();
        } else if (interrupted === undefined) {
          interrupt("SIGHUP");
        }
      });
    },
  };
}

/**
 * Whether the process has a controlling terminal. The standard streams cannot tell: after `setsid`
 * they still belong to a terminal, and after `nohup` they do not, though the terminal still does.
 */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch (error) {
    // Any other error, such as too many open files, says nothing about the terminal.
    return !["ENXIO", "EIO"].includes(errorCode(error));
  }
}
