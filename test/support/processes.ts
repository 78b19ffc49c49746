/**
 * Programs under test: each runs in a folder and an environment of its own, and is read line by
 * line. It is ended, and its folder removed, when the test ends, even if the test failed.
 */
import { afterAll } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const REPOSITORY = resolve(import.meta.dir, "../..");

/** The longest time that a step of a test takes on a busy machine, in milliseconds. */
const STEP_TIMEOUT = 60_000;

export interface Folder extends Disposable {
  readonly path: string;
}

export interface ProgramOptions {
  /** Default: a new empty folder, removed with the program. */
  readonly cwd?: string;
  /** Added to an environment of PATH, HOME and TMPDIR; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Lines {
  /**
   * Returns the next line that matches, after the one that was found before. Throws when the stream
   * ends before; the error has the whole output.
   */
  next(pattern: RegExp): Promise<RegExpExecArray>;
  /**
   * Returns the first line that matches, from the beginning of the stream; throws as `next` does.
   */
  find(pattern: RegExp): Promise<RegExpExecArray>;
  /** The output so far. */
  readonly text: string;
}

export interface Program extends AsyncDisposable {
  readonly pid: number;
  readonly stdout: Lines;
  readonly stderr: Lines;
  write(text: string): void;
  closeInput(): void;
  kill(signal: NodeJS.Signals): void;
  /** Waits until it has ended by itself. */
  ended(): Promise<Ended>;
}

const folders = new Set<string>();
const running = new Set<Bun.Subprocess>();

// A test that ran out of time does not clean up; its programs and folders are removed at the end of
// its file (where files share a process, of the first file).
afterAll(async () => {
  for (const child of running) {
    child.kill("SIGKILL");
    await child.exited;
  }
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true });
  }
  folders.clear();
});

export function makeFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "tlslp-test-"));
  folders.add(path);
  return {
    path,
    [Symbol.dispose]() {
      if (folders.delete(path)) {
        chmodSync(path, 0o700);
        rmSync(path, { recursive: true, force: true });
      }
    },
  };
}

let executable: string | undefined;

/** Returns the path of the compiled executable, and builds it when there is none. */
export function tlslp(): string {
  executable ??= build();
  return executable;
}

function build(): string {
  const path = join(REPOSITORY, "dist/tlslp");
  if (!existsSync(path)) {
    // Of several test files that run at the same time, one builds and the others wait.
    const command = "test -x dist/tlslp || scripts/build >&2";
    const { exitCode, stderr } = Bun.spawnSync(["flock", "scripts/build", "sh", "-c", command], {
      cwd: REPOSITORY,
    });
    if (exitCode !== 0) {
      throw new Error(`scripts/build failed:\n${stderr}`);
    }
  }
  return path;
}

export function startTlslp(args: readonly string[], options: ProgramOptions = {}): Program {
  return start([tlslp(), ...args], options);
}

export async function runTlslp(
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Ended> {
  return run([tlslp(), ...args], options);
}

/** Runs a program to its end, without any input. */
export async function run(
  command: readonly string[],
  options: ProgramOptions = {},
): Promise<Ended> {
  await using program = start(command, options);
  program.closeInput();
  return await program.ended();
}

export function start(command: readonly string[], options: ProgramOptions = {}): Program {
  const home = makeFolder();
  const child = Bun.spawn([...command], {
    cwd: options.cwd ?? home.path,
    env: environment(home.path, options.env),
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  running.add(child);
  const describe = () => `${command.join(" ")}\n${stdout.text}${stderr.text}`;
  const stdout = readLines(child.stdout, describe);
  const stderr = readLines(child.stderr, describe);

  async function ended(): Promise<Ended> {
    await waitFor(Promise.all([child.exited, stdout.end, stderr.end]), describe);
    const { exitCode: code, signalCode } = child;
    const signal = signalCode === null ? null : String(signalCode);
    return { code, signal, stdout: stdout.text, stderr: stderr.text };
  }

  return {
    pid: child.pid,
    stdout,
    stderr,
    ended,
    write(text) {
      child.stdin.write(text);
      child.stdin.flush();
    },
    closeInput: () => void child.stdin.end(),
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      running.delete(child);
      home[Symbol.dispose]();
    },
  };
}

/** Waits for `work`; throws an error with the description when that takes too long. */
export async function waitFor<T>(work: Promise<T>, describe: () => string): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => timeout.reject(new Error(`waited too long: ${describe()}`)),
    STEP_TIMEOUT,
  );
  try {
    return await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function environment(home: string, changes: ProgramOptions["env"] = {}): Record<string, string> {
  const all = { PATH: process.env["PATH"], HOME: home, TMPDIR: home, ...changes };
  return Object.fromEntries(
    Object.entries(all).filter((entry) => entry[1] !== undefined),
  ) as Record<string, string>;
}

function readLines(
  stream: ReadableStream<Uint8Array>,
  describe: () => string,
): Lines & { readonly end: Promise<void> } {
  let text = "";
  let taken = 0;
  let ended = false;
  let news = Promise.withResolvers<void>();

  function announce(): void {
    news.resolve();
    news = Promise.withResolvers();
  }

  async function collect(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      text += decoder.decode(bytes, { stream: true });
      announce();
    }
    ended = true;
    announce();
  }

  /** Waits for a line that matches, from an offset on; returns where it ends, and the match. */
  async function search(pattern: RegExp, from: number): Promise<[number, RegExpExecArray]> {
    let begin = from;
    for (;;) {
      for (let end = text.indexOf("\n", begin); end !== -1; end = text.indexOf("\n", begin)) {
        const match = pattern.exec(text.slice(begin, end));
        begin = end + 1;
        if (match !== null) {
          return [begin, match];
        }
      }
      if (ended) {
        throw new Error(`it ended without a line like ${pattern}: ${describe()}`);
      }
      await waitFor(news.promise, () => `a line like ${pattern} of ${describe()}`);
    }
  }

  return {
    end: collect(),
    get text() {
      return text;
    },
    async next(pattern) {
      const [end, match] = await search(pattern, taken);
      taken = end;
      return match;
    },
    async find(pattern) {
      const [, match] = await search(pattern, 0);
      return match;
    },
  };
}
