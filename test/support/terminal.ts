/**
 * Programs under test in a terminal of their own: a real one of the operating system's.
 */
import { makeFolder, patiently, tlslp } from "./processes.ts";

export interface TerminalOptions {
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A shell's script that starts it, as "$@"; default: nothing stands between the two. */
  readonly script?: string;
}

export interface TerminalProgram extends AsyncDisposable {
  /** What it has written so far. */
  readonly text: string;
  /** Waits until what was written after the given place matches; the place behind it. */
  find(pattern: RegExp, from?: number): Promise<number>;
  /** Types, as a person would: "\u0003" is Ctrl-C. */
  type(text: string): void;
  resize(columns: number): void;
  kill(signal: NodeJS.Signals): void;
  /** Closes the terminal, and waits until the program has ended; its exit code. */
  hangUp(): Promise<number | null>;
  /** Waits until it has ended; its exit code. */
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
    // Made here, it controls the program: Ctrl-C becomes a signal.
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
        await patiently(news.promise, () => `${pattern} of ${describe()}`);
      }
    },
    type: (typed) => void child.terminal?.write(typed),
    resize: (wanted) => child.terminal?.resize(wanted, ROWS),
    kill: (signal) => child.kill(signal),
    async hangUp() {
      child.terminal?.close();
      await patiently(child.exited, describe);
      return child.exitCode;
    },
    async ended() {
      // What it wrote last may still be on its way when it has ended.
      const [code] = await patiently(Promise.all([child.exited, closed.promise]), describe);
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
