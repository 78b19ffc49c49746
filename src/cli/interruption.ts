/**
 * SIGINT and SIGTERM: the first one asks the command to end, the second ends it at once. SIGHUP asks
 * it to end when its terminal was closed; where there is none, it means what the command makes of it.
 */
import { errorCode } from "../fault/fault.ts";
import { isTerminal } from "../io/terminal.ts";
import { obey } from "./early-signals.ts";

export type EndSignal = "SIGINT" | "SIGTERM";
export type SignalExitCodes = Readonly<Record<EndSignal, number>>;

/** 128 + the signal's number, as shells say it. */
export const USUAL_EXIT_CODES: SignalExitCodes = { SIGINT: 130, SIGTERM: 143 };

/** The same of SIGHUP, when nobody is left to see what we do. */
const HANGUP_EXIT_CODE = 129;
const STANDARD_STREAMS: readonly number[] = [0, 1, 2];

/** The reason with which a command's abort signal aborts. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;

  constructor(by: EndSignal | "SIGHUP", exitCode: number) {
    super(`interrupted by ${by}`);
    this.exitCode = exitCode;
  }
}

export interface Signals {
  /** Aborts with `Interrupted`. */
  readonly signal: AbortSignal;
  /**
   * Has this done on every SIGHUP from now on, but for the one that says that our terminal was
   * closed. Until then SIGHUP ends the program, unless it is held (early-signals.ts).
   */
  readonly onHangup: (action: () => void) => void;
}

/** Takes over the process's signals for good. */
export function watchSignals(exitCodes: SignalExitCodes): Signals {
  const controller = new AbortController();
  let interrupted: Interrupted | undefined;

  function interrupt(by: EndSignal | "SIGHUP", exitCode: number): void {
    interrupted = new Interrupted(by, exitCode);
    controller.abort(interrupted);
  }

  for (const name of Object.keys(exitCodes) as EndSignal[]) {
    process.on(name, () => {
      if (interrupted !== undefined) {
        process.exit(interrupted.exitCode);
      }
      interrupt(name, exitCodes[name]);
    });
  }
  return {
    signal: controller.signal,
    onHangup(action) {
      const isInTerminal = STANDARD_STREAMS.some(isTerminal) && isControlled();
      obey("SIGHUP", () => {
        const isClosed = isInTerminal && !isControlled();
        if (!isClosed) {
          action();
        } else if (interrupted === undefined) {
          // Whoever shared the terminal may send this again.
          interrupt("SIGHUP", HANGUP_EXIT_CODE);
        }
      });
    },
  };
}

/**
 * Whether we have a controlling terminal, whose end the system tells us by SIGHUP: not any more once
 * it was closed, or the shell in it has ended. The standard streams do not tell: those of a terminal
 * stay when we are detached from it, and under `nohup` it is the other way round.
 */
function isControlled(): boolean {
  // Most commands never ask, and node:fs takes memory.
  const { closeSync, openSync } = process.getBuiltinModule("node:fs");
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch (error) {
    // Anything else, such as too many open files, says nothing about the terminal.
    return !["ENXIO", "EIO"].includes(errorCode(error));
  }
}
