/**
 * Programs under test in a terminal of their own, which is a real one of the operating system.
 */
import { makeFolder, tlslp, waitFor } from "./processes.ts";

export interface TerminalOptions {
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A shell script that starts the program, given as "$@"; default: starts it directly. */
  readonly script?: string;
}

export interface TerminalProgram extends AsyncDisposable {
  /** The output so far. */
  readonly text: string;
  /** Waits until the output after an offset matches; returns the offset after the match. */
  find(pattern: RegExp, from?: number): Promise<number>;
  /** Types, as a person would: "\u0003" is Ctrl-C. */
  type(text: string): void;
  resize(columns: number): void;
  kill(signal: NodeJS.Signals): void;
  /** Closes the terminal, waits until the program has ended, and returns its exit code. */
  hangUp(): Promise<number | null>;
  /** Waits until the program has ended, and returns its exit code. */
  ended(): Promise<number>;
}

const ROWS = 24;

/** Starts `tlslp` in a terminal. */
export function startInTerminal(
  args: readonly string[],
  { columns = 80, env = {}, cwd, script = 'exec "$@"' }: TerminalOptions = {},
): TerminalProgram {
  const home = makeFolder();
  const decoder = new TextDecoder();
  let text = "";
  let news = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const child = Bun.spawn(["/bin/sh", "-c", script, "sh", tlslp(), ...args], {
    cwd: cwd ?? home.path,
    env: { PATH: process.env["PATH"] ?? "", HOME: home.path, TERM: "xterm", ...env },
    // A terminal that is made here controls the program: Ctrl-C becomes a signal.
    terminal: {
      cols: columns,
      rows: ROWS,
      data(_, bytes) {
        text += decoder.decode(bytes, { stream: true });
        news.resolve();
        news = Promise.withResolvers();
      },
      exit: () => closed.resolve(),
    },
  });
  const describe = () =>
    `tlslp ${args.join(" ")} in a terminal: ${JSON.stringify(text.slice(-1000))}`;

  return {
    get text() {
      return text;
    },
    async find(pattern, from = 0) {
      for (;;) {
        const match = pattern.exec(text.slice(from));
        if (match !== null) {
          return from + match.index + match[0].length;
        }
        await waitFor(news.promise, () => `${pattern} of ${describe()}`);
      }
    },
    type: (typed) => void child.terminal?.write(typed),
    resize: (wanted) => child.terminal?.resize(wanted, ROWS),
    kill: (signal) => child.kill(signal),
    async hangUp() {
      child.terminal?.close();
      await waitFor(child.exited, describe);
      return child.exitCode;
    },
    async ended() {
      // Its last output may arrive after its end.
      const [code] = await waitFor(Promise.all([child.exited, closed.promise]), describe);
      return code;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      child.terminal?.close();
      home[Symbol.dispose]();
    },
  };
}
