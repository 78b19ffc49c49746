/**
 * A terminal of a reader: one shell that runs one command after the other, in which variables and
 * the folder last. A server that listens keeps its terminal until it ends.
 */
import { start } from "../processes.ts";

export interface Place {
  /** Goes before the command of the shell. */
  readonly prefix: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface Result {
  /** Undefined while it runs: a server. */
  readonly exit: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Terminal {
  /** Runs a command to its end, or until it prints that it listens. */
  run(command: string): Promise<Result>;
  /** Sends SIGTERM to the server that runs here, and returns how it ended. */
  end(): Promise<Result>;
  /** Ends the shell and everything that it started. */
  close(): Promise<void>;
}

/** Printed on both streams after each command, with its exit code. */
const MARKER = "-- end of the command --";

/** A pattern that matches no line. */
const NO_SIGN = "$.";

export function openTerminal({ prefix, folder, environment }: Place): Terminal {
  // setsid makes a process group, so that everything in it gets a signal.
  const shell = start(["setsid", ...prefix, "bash", "--noprofile", "--norc"], {
    cwd: folder,
    env: environment,
  });
  shell.write("trap : TERM\n");
  const streams = [shell.stdout, shell.stderr] as const;
  let from = [0, 0];

  /** Waits until the command has ended, or until a line of its stdout matches `sign`. */
  async function wait(sign: string): Promise<Result> {
    const [, code] = await shell.stdout.next(new RegExp(`${MARKER}(\\d+)$|${sign}`));
    if (code === undefined) {
      return { ...outputSoFar(), exit: undefined };
    }
    await shell.stderr.next(new RegExp(`${MARKER}\\d+$`));
    const result = { ...outputSoFar(), exit: Number(code) };
    from = streams.map(({ text }) => text.length);
    return result;
  }

  function outputSoFar() {
    const [stdout = "", stderr = ""] = streams.map(
      ({ text }, index) => text.slice(from[index]).split(MARKER)[0],
    );
    return { stdout, stderr };
  }

  return {
    async run(command) {
      const quoted = `'${command.replaceAll("'", String.raw`'\''`)}'`;
      shell.write(
        `eval ${quoted} </dev/null; set -- $?; echo "${MARKER}$1"; echo "${MARKER}$1" >&2\n`,
      );
      return await wait("^listening on ");
    },
    async end() {
      process.kill(-shell.pid, "SIGTERM");
      return await wait(NO_SIGN);
    },
    async close() {
      try {
        process.kill(-shell.pid, "SIGKILL");
      } catch {
        // The whole group has ended.
      }
      await shell[Symbol.asyncDispose]();
    },
  };
}
