/**
 * Runs one command: parses, calls, and turns whatever comes out into an exit code.
 */
import { toFault } from "../fault/fault.ts";
import type { Log } from "../log/log.ts";
import type { LogSettings } from "../log/settings.ts";
import { requireTextIn } from "./arguments.ts";
import type { Command, Positionals } from "./command.ts";
import { obey } from "./early-signals.ts";
import { exitCodeOf } from "./exit-code.ts";
import type { FlagSet, FlagValues } from "./flag.ts";
import { GLOBAL_FLAGS, withGlobals } from "./globals.ts";
import { commandHelp } from "./help.ts";
import { Interrupted, USUAL_EXIT_CODES, watchSignals } from "./interruption.ts";
import { print, printError, ReaderGone } from "./output.ts";
import {
  asksForHelp,
  asksForJson,
  type Environment,
  nameVariables,
  type Parsed,
  parse,
} from "./parse.ts";

/** Runs a command to its end; never throws. Returns the process's exit code. */
export async function runCommand<F extends FlagSet, P extends Positionals>(
  command: Command<F, P>,
  args: readonly string[],
  environment: Environment,
): Promise<number> {
  const flags = { ...command.flags, ...GLOBAL_FLAGS };
  let withStack = false;
  try {
    if (asksForHelp(args)) {
      await print(commandHelp(withGlobals(command)));
      return 0;
    }
    const input = await parseFor(command, flags, args, environment);
    withStack = input.flags.logLevel === "debug";
    await runParsed(command, input, environment["NOTIFY_SOCKET"]);
    return 0;
  } catch (thrown) {
    return conclude(thrown, withStack);
  }
}

async function parseFor<F extends FlagSet, A extends FlagSet, P extends Positionals>(
  { positionals, misuseToJson }: Command<F, P>,
  flags: A,
  args: readonly string[],
  environment: Environment,
): Promise<Parsed<A, P>> {
  try {
    const parsed = parse(args, flags, positionals, environment);
    requireTextIn(environment, parsed.variables.values());
    return parsed;
  } catch (thrown) {
    if (misuseToJson !== undefined && asksForJson(args, environment)) {
      await print(`${JSON.stringify(misuseToJson(toFault(thrown)))}\n`);
    }
    throw thrown;
  }
}

/** Reports whatever ended the program, and says with which code it exits. */
export async function conclude(thrown: unknown, withStack = false): Promise<number> {
  if (thrown instanceof ReaderGone) {
    return 0;
  }
  if (!(thrown instanceof Interrupted)) {
    await printError(toFault(thrown), { withStack });
  }
  return exitCodeOf(thrown);
}

async function runParsed<F extends FlagSet, P extends Positionals>(
  command: Command<F, P>,
  input: Parsed<F & typeof GLOBAL_FLAGS, P>,
  notifySocket: string | undefined,
): Promise<void> {
  const { logLevel, logFormat, logFile } = input.flags as FlagValues<typeof GLOBAL_FLAGS>;
  const logger = createLogOpener({ level: logLevel, format: logFormat, file: logFile });
  // A log file that cannot be opened is a usage fault, whether or not the command logs anything.
  if (logFile !== undefined && command.logs !== true) {
    await logger.open();
  }
  // Whether or not there is a log file: whoever rotates logs must not end us.
  obey("SIGUSR1", logger.reopen);
  const { signal, onHangup } = watchSignals({ ...USUAL_EXIT_CODES, ...command.exitCodes });
  try {
    await command.run(input, { signal, print, openLog: logger.open, onHangup, notifySocket });
  } catch (thrown) {
    // Whatever an interrupted command stumbled over on its way out is not what ended it.
    throw signal.aborted ? signal.reason : nameVariables(thrown, input.variables);
  } finally {
    logger.close();
  }
}

/** The log's library is loaded only by those who log. */
function createLogOpener(settings: LogSettings) {
  let log: Log | undefined;
  return {
    async open(): Promise<Log> {
      const { openLog } = await import("../log/log.ts");
      log ??= openLog(settings);
      return log;
    },
    reopen: () => log?.reopen(),
    close: () => log?.close(),
  };
}
