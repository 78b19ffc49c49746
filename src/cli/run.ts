/**
 * Runs one command: parses its arguments, calls it, reports how it ended, and sets the exit code.
 */
import { toFault } from "../fault/fault.ts";
import type { Log } from "../log/log.ts";
import type { LogSettings } from "../log/settings.ts";
import { usesColor } from "./color.ts";
import type { Command, CommandDeclaration, Context } from "./command.ts";
import { EXITS } from "./exit-code.ts";
import type { FlagSet, FlagValues } from "./flag.ts";
import { GLOBAL_FLAGS } from "./globals.ts";
import { commandHelp } from "./help.ts";
import { jsonLine, print } from "./output.ts";
import {
  asksForHelp,
  collect,
  type Environment,
  isSwitchedOn,
  type Parsed,
  type Positionals,
  readValues,
} from "./parse.ts";
import { reportEnd } from "./report.ts";
import { onSignal, watchSignals } from "./signals.ts";
import { createVoice } from "./voice.ts";

/** Makes a command for citty. Running it never throws: `process.exitCode` says how it ended. */
export function createCommand<const F extends FlagSet, const P extends Positionals>(
  declaration: CommandDeclaration<F, P>,
): Command {
  return {
    ...declaration,
    flags: { ...declaration.flags, ...GLOBAL_FLAGS },
    run: async ({ rawArgs }) => {
      process.exitCode = await runCommand(declaration, rawArgs, process.env);
    },
  };
}

/** Returns the exit code. */
async function runCommand<F extends FlagSet, P extends Positionals>(
  command: CommandDeclaration<F, P>,
  args: readonly string[],
  environment: Environment,
): Promise<number> {
  const flags = { ...command.flags, ...GLOBAL_FLAGS };
  const hasColor = () => usesColor(args, environment);
  let voice = createVoice(flags);
  let withStack = false;

  async function parse() {
    try {
      const given = collect(args, flags, environment);
      voice = createVoice(flags, given.sources);
      return readValues(given, flags, command.positionals);
    } catch (thrown) {
      const { json } = command.flags;
      if (command.misuseToJson && json && isSwitchedOn(json, args, environment)) {
        await print(jsonLine(command.misuseToJson(toFault(thrown), voice)));
      }
      throw thrown;
    }
  }

  try {
    if (asksForHelp(args)) {
      await print(commandHelp({ ...command, flags }));
      return EXITS.done.code;
    }
    const input = await parse();
    withStack = input.flags.logLevel === "debug";
    await call(command, input, {
      voice,
      hasColor,
      notifySocket: environment["NOTIFY_SOCKET"],
    });
    return EXITS.done.code;
  } catch (thrown) {
    return reportEnd(thrown, { voice, hasColor: await hasColor(), withStack });
  }
}

interface CallOptions extends Pick<Context, "voice" | "notifySocket"> {
  /** Returns whether stderr shows colours. */
  readonly hasColor: () => Promise<boolean>;
}

async function call<F extends FlagSet, P extends Positionals>(
  command: CommandDeclaration<F, P>,
  input: Parsed<F & typeof GLOBAL_FLAGS, P>,
  { hasColor, ...context }: CallOptions,
): Promise<void> {
  const { logLevel, logFormat, logFile, logMaxSize } = input.flags as FlagValues<
    typeof GLOBAL_FLAGS
  >;
  const logger = createLogOpener(async () => ({
    level: logLevel,
    format: logFormat,
    file: logFile,
    maxFileSize: logMaxSize,
    hasColor: await hasColor(),
  }));
  // A log file that cannot be opened is a usage fault, also where the command logs nothing.
  if (logFile !== undefined && command.logs !== true) {
    await logger.open();
  }
  // Without a log file too: a tool that rotates logs must not end us.
  onSignal("SIGUSR1", logger.reopen);
  const { SIGHUP, SIGINT, SIGTERM } = EXITS;
  const { signal, onHangup } = watchSignals({
    SIGHUP: SIGHUP.code,
    SIGINT: SIGINT.code,
    SIGTERM: SIGTERM.code,
    ...command.exitCodes,
  });
  try {
    await command.run(input, { ...context, signal, print, openLog: logger.open, onHangup });
  } catch (thrown) {
    // A command that was interrupted may fail on its way out; the signal still is the reason.
    throw signal.aborted ? signal.reason : thrown;
  } finally {
    logger.close();
  }
}

/** Opens the log on demand: the logging library is loaded only then. */
function createLogOpener(readSettings: () => Promise<LogSettings>) {
  let log: Log | undefined;
  return {
    async open(): Promise<Log> {
      const { openLog } = await import("../log/log.ts");
      log ??= await openLog(await readSettings());
      return log;
    },
    reopen: () => log?.reopen(),
    close: () => log?.close(),
  };
}
