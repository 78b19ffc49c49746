/**
 * SIGINT and SIGTERM: the first one asks the command to end, the second ends it at once.
 */

export type EndSignal = "SIGINT" | "SIGTERM";
export type SignalExitCodes = Readonly<Record<EndSignal, number>>;

/** 128 + the signal's number, as shells say it. */
export const USUAL_EXIT_CODES: SignalExitCodes = { SIGINT: 130, SIGTERM: 143 };

/** The reason with which a command's abort signal aborts. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;

  constructor(by: EndSignal, exitCode: number) {
    super(`interrupted by ${by}`);
    this.exitCode = exitCode;
  }
}

/** Takes over the process's signals for good; the signal it returns aborts with `Interrupted`. */
export function watchSignals(exitCodes: SignalExitCodes): AbortSignal {
  const controller = new AbortController();
  let interrupted: Interrupted | undefined;
  for (const name of Object.keys(exitCodes) as EndSignal[]) {
    process.on(name, () => {
      if (interrupted !== undefined) {
        process.exit(interrupted.exitCode);
      }
      interrupted = new Interrupted(name, exitCodes[name]);
      controller.abort(interrupted);
    });
  }
  return controller.signal;
}
