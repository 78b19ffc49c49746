/**
 * Passwords of files: from the variable TLSLP_PASSWORD, or typed on the terminal without echo.
 * There is no flag for them: every user of the machine can see the flags of a process.
 */
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { isatty, ReadStream } from "node:tty";
import { orAborted } from "../deadline.ts";
import { Fault } from "../fault/fault.ts";
import { type NamedFile, nameOf } from "../fault/sentences/files.ts";

const VARIABLE = "TLSLP_PASSWORD";

export interface Passwords {
  /** Resolves with the password of a file; undefined: no variable has it, and no terminal asks. */
  readonly ask: (file: NamedFile) => Promise<string | undefined>;
  /** The same without asking: resolves with the password that was typed before. */
  readonly repeat: (file: NamedFile) => Promise<string | undefined>;
  /**
   * Resolves with a new password, such as "of the new keys", which is typed twice.
   *
   * @throws {Fault} "usage" when there is no variable and no terminal, when it is empty, or when it
   *   is typed differently the second time
   */
  readonly choose: (purpose: string) => Promise<string>;
}

/**
 * Keeps passwords for when files are read again. `ask` rejects with the signal's reason. The
 * variable is removed from the environment, so that programs that we start do not inherit it.
 */
export function createPasswords(
  environment: Record<string, string | undefined>,
  signal: AbortSignal,
): Passwords {
  const given = environment[VARIABLE] || undefined;
  delete environment[VARIABLE];
  const typed = new Map<string | undefined, string>();
  const repeat = async ({ path }: NamedFile) => given ?? typed.get(path);
  return {
    repeat,
    async ask(file) {
      const known = await repeat(file);
      const [typedNow] = known === undefined ? await askForFile(file, signal) : [];
      const password = known ?? typedNow;
      if (password !== undefined) {
        typed.set(file.path, password);
      }
      return password;
    },
    choose: async (purpose) => given ?? (await choosePassword(purpose, signal)),
  };
}

async function askForFile(file: NamedFile, signal: AbortSignal): Promise<readonly string[]> {
  return (await askOnTerminal([`password of ${nameOf(file)}: `], signal)) ?? [];
}

async function choosePassword(purpose: string, signal: AbortSignal): Promise<string> {
  const questions = [`password ${purpose}: `, "the same again: "];
  const answers = await askOnTerminal(questions, signal);
  if (answers === undefined) {
    throw new Fault("passwordMissing", {});
  }
  const [password = "", again] = answers;
  if (password === "") {
    throw new Fault("passwordEmpty", {});
  }
  if (again !== password) {
    throw new Fault("passwordsDiffer", {});
  }
  return password;
}

/** Resolves with a line for each question; undefined: there is no terminal. */
async function askOnTerminal(
  questions: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const descriptor = openTerminal();
  if (descriptor === undefined) {
    return undefined;
  }
  const terminal = new ReadStream(descriptor);
  // In raw mode the terminal shows nothing that is typed.
  terminal.setRawMode(true);
  const readLine = createLineReader(terminal, signal);
  const answers: string[] = [];
  try {
    for (const question of questions) {
      writeSync(descriptor, question);
      answers.push(await readLine().finally(() => writeSync(descriptor, "\n")));
    }
    return answers;
  } finally {
    terminal.setRawMode(false);
    terminal.destroy();
  }
}

/** Opens the terminal that controls the process, also where stdin is a file or a pipe. */
function openTerminal(): number | undefined {
  try {
    const descriptor = openSync("/dev/tty", constants.O_RDWR | constants.O_NOCTTY);
    if (isatty(descriptor)) {
      return descriptor;
    }
    closeSync(descriptor);
  } catch {
    // There is none.
  }
  return undefined;
}

/** Keys that are not part of a password. */
const ENTER = /[\r\n\u0004]/;
const INTERRUPT = "\u0003";
const ERASE = ["\u0008", "\u007f"];
const ERASE_LINE = "\u0015";

/** Returns a function that reads the next line; keys that come before it is called are kept. */
function createLineReader(terminal: ReadStream, signal: AbortSignal): () => Promise<string> {
  const keys: string[] = [];
  let onKeys = () => {};
  terminal.setEncoding("utf8");
  terminal.on("data", (text) => {
    keys.push(...String(text));
    onKeys();
  });

  return () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let line: readonly string[] = [];
    onKeys = () => {
      for (let key = keys.shift(); key !== undefined; key = keys.shift()) {
        if (ENTER.test(key)) {
          onKeys = () => {};
          resolve(line.join(""));
          return;
        }
        line = type(line, key);
      }
    };
    onKeys();
    terminal.on("error", reject);
    terminal.on("end", () => resolve(line.join("")));
    return orAborted(promise, signal);
  };
}

/** Returns the line after a key was typed. */
function type(line: readonly string[], key: string): readonly string[] {
  if (key === INTERRUPT) {
    // Raw mode keeps the terminal from sending the signal itself.
    process.kill(process.pid, "SIGINT");
    return line;
  }
  if (key === ERASE_LINE) {
    return [];
  }
  return ERASE.includes(key) ? line.slice(0, -1) : [...line, key];
}
