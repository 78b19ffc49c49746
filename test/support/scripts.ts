/**
 * Runs command scripts: plain text files of commands as a user types them, each with the output and
 * the exit code that it must have.
 *
 *   # A comment.
 *   file answers.json          a file beside the commands; its text is the indented lines below
 *     {"FULL_NAME": "Zoë"}
 *   env TLSLP_THREADS=2        for every command that follows
 *   > tlslp solve a 65         a command line for bash
 *   exit 2                     its exit code, if that is not 0
 *   stdout                     its output, if there is any: the indented lines below
 *     …
 *   stderr
 *     tlslp: error: <bits>: "65" …
 *   & tlslp server --port 0    starts it and waits for its first line of stdout, which must end in
 *                              a port; that is $PORT from here on, until the next one is started
 *
 * Expected lines are literal, except that "…" matches any text within its line, a line "…" matches
 * any lines or none, and a line between slashes is a regular expression for a whole line.
 *
 * A script runs in a fresh folder, which is HOME too, with nothing else in its environment but a
 * PATH that begins with the executable's folder. All programs that it started end with it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { makeFolder, tlslp } from "./processes.ts";

/** For all the commands of a script together, in milliseconds. */
export const SCRIPT_TIMEOUT = 90_000;

const INDENT = "  ";

interface Command {
  readonly type: "command";
  readonly text: string;
  readonly where: string;
  readonly isService: boolean;
  exit: number;
  stdout: readonly string[];
  stderr: readonly string[];
}

type Step =
  | Command
  | { readonly type: "file"; readonly name: string; readonly content: string }
  | { readonly type: "env"; readonly name: string; readonly value: string };

interface Run {
  readonly folder: string;
  readonly environment: Record<string, string>;
  readonly started: Bun.Subprocess[];
  /** Rejects when the time is up. */
  readonly deadline: Promise<never>;
}

/** Runs a script; throws when anything is not as it says. */
export async function runScript(path: string): Promise<void> {
  const steps = parse(readFileSync(path, "utf8"), basename(path));
  using folder = makeFolder();
  const deadline = Promise.withResolvers<never>();
  const run: Run = {
    folder: folder.path,
    environment: { PATH: `${dirname(tlslp())}:/usr/bin:/bin`, HOME: folder.path },
    started: [],
    deadline: deadline.promise,
  };
  let at = "";
  const timer = setTimeout(
    () => deadline.reject(new Error(`${at} did not end in time`)),
    SCRIPT_TIMEOUT,
  );
  try {
    for (const step of steps) {
      at = step.type === "command" ? step.where : at;
      await take(step, run);
    }
  } finally {
    clearTimeout(timer);
    await Promise.all(run.started.map(endGroup));
  }
}

async function take(step: Step, run: Run): Promise<void> {
  if (step.type === "file") {
    writeFileSync(join(run.folder, step.name), step.content);
  } else if (step.type === "env") {
    run.environment[step.name] = step.value;
  } else if (step.isService) {
    await startSessions(step, run);
  } else {
    await check(step, run);
  }
}

async function check(command: Command, run: Run): Promise<void> {
  const child = start(command, run);
  const [exit, stdout, stderr] = await Promise.race([
    Promise.all([child.exited, child.stdout.text(), child.stderr.text()]),
    run.deadline,
  ]);
  const isRight =
    exit === command.exit &&
    toPattern(command.stdout).test(stdout) &&
    toPattern(command.stderr).test(stderr);
  if (!isRight) {
    const expected = describe(command.exit, lines(command.stdout), lines(command.stderr));
    throw new Error(
      `${command.where}\n-- expected\n${expected}-- got\n${describe(exit, stdout, stderr)}`,
    );
  }
}

async function startSessions(command: Command, run: Run): Promise<void> {
  const child = start(command, run);
  const decoder = new TextDecoder();
  const reader = child.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await Promise.race([reader.read(), run.deadline]);
    if (done) {
      throw new Error(`${command.where} ended too early:\n${await child.stderr.text()}`);
    }
    text += decoder.decode(value, { stream: true });
  }
  const [, port] = /:(\d+)\n/.exec(text) ?? [];
  if (port === undefined) {
    throw new Error(`${command.where} printed no port:\n${text}`);
  }
  run.environment["PORT"] = port;
}

function start({ text }: Command, { folder, environment, started }: Run) {
  const child = Bun.spawn(["bash", "-c", text], {
    cwd: folder,
    env: environment,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    // A process group of its own, so that it can be ended with everything that it started.
    detached: true,
  });
  started.push(child);
  return child;
}

async function endGroup(child: Bun.Subprocess): Promise<void> {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The whole group has ended already.
  }
  await child.exited;
}

/** Returns a pattern for the expected lines, in which "…" matches any text. */
export function toPattern(expected: readonly string[]): RegExp {
  const parts = expected.map((line) => (line === "…" ? "(?:.*\n)*?" : `${linePattern(line)}\n`));
  return new RegExp(`^${parts.join("")}$`);
}

function linePattern(line: string): string {
  const [, expression] = /^\/(.+)\/$/.exec(line) ?? [];
  return expression === undefined
    ? line.split("…").map(RegExp.escape).join(".*")
    : `(?:${expression})`;
}

function describe(exit: number, stdout: string, stderr: string): string {
  return `exit ${exit}\nstdout\n${stdout}stderr\n${stderr}`;
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

function parse(script: string, name: string): readonly Step[] {
  const steps: Step[] = [];
  for (const section of sections(script)) {
    const where = `${name}:${section.number}: ${section.head}`;
    const step = toStep(section, where);
    if (step !== undefined) {
      steps.push(step);
    } else if (!expect(steps.at(-1), section)) {
      throw new Error(`${where} is not understood`);
    }
  }
  return steps;
}

function toStep({ head, block }: Section, where: string): Step | undefined {
  const [keyword, rest] = split(head, " ");
  switch (keyword) {
    case ">":
    case "&": {
      const isService = keyword === "&";
      return { type: "command", text: rest, where, isService, exit: 0, stdout: [], stderr: [] };
    }
    case "file":
      return { type: "file", name: rest, content: lines(block) };
    case "env": {
      const [name, value] = split(rest, "=");
      return { type: "env", name, value };
    }
    default:
      return undefined;
  }
}

/** Adds to a command what it must do; false when this is no such section, or no command. */
function expect(command: Step | undefined, { head, block }: Section): boolean {
  const [keyword, rest] = split(head, " ");
  if (command?.type !== "command") {
    return false;
  }
  if (keyword === "exit" && /^\d+$/.test(rest)) {
    command.exit = Number(rest);
    return true;
  }
  if (head === "stdout" || head === "stderr") {
    command[head] = block;
    return true;
  }
  return false;
}

interface Section {
  readonly head: string;
  readonly block: string[];
  readonly number: number;
}

/** Returns each line that is not indented, with the indented ones below it. */
function sections(script: string): readonly Section[] {
  const found: Section[] = [];
  let blanks = 0;
  for (const [index, line] of script.split("\n").entries()) {
    const block = found.at(-1)?.block;
    if (line.startsWith(INDENT) && block !== undefined) {
      // Empty lines belong to a block when indented lines follow.
      block.push(...Array<string>(blanks).fill(""), line.slice(INDENT.length));
      blanks = 0;
    } else if (line === "") {
      blanks += 1;
    } else if (!line.startsWith("#")) {
      found.push({ head: line, block: [], number: index + 1 });
      blanks = 0;
    }
  }
  return found;
}

function split(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
