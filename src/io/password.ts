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
      const password = known ?? (await askOnTerminal(`password of ${nameOf(file)}: `, signal));
      if (password !== undefined) {
        typed.set(file.path, password);
      }
      return password;
    },
    choose: async (purpose) => given ?? (await choosePassword(purpose, signal)),
  };
}

async function choosePassword(purpose: string, signal: AbortSignal): Promise<string> {
  const password = await askOnTerminal(`password ${purpose}: `, signal);
  if (password === undefined) {
    throw new Fault("passwordMissing", {});
  }
  if (password === "") {
    throw new Fault("passwordEmpty", {});
  }
  if ((await askOnTerminal("the same again: ", signal)) !== password) {
    throw new Fault("passwordsDiffer", {});
  }
  return password;
}

/** Resolves with undefined if there is no terminal. */
async function askOnTerminal(question: string, signal: AbortSignal): Promise<string | undefined> {
  const descriptor = openTerminal();
  if (descriptor === undefined) {
    return undefined;
  }
  const terminal = new ReadStream(descriptor);
  // In raw mode the terminal shows nothing that is typed.
  terminal.setRawMode(true);
  writeSync(descriptor, question);
  try {
    return await orAborted(readLine(terminal), signal);
  } finally {
    terminal.setRawMode(false);
    writeSync(descriptor, "\n");
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

function readLine(terminal: ReadStream): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let line: readonly string[] = [];
  terminal.setEncoding("utf8");
  terminal.on("data", (text) => {
    for (const key of String(text)) {
      if (ENTER.test(key)) {
        resolve(line.join(""));
        return;
      }
      line = type(line, key);
    }
  });
  terminal.on("error", reject);
  terminal.on("end", () => resolve(line.join("")));
  return promise;
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
