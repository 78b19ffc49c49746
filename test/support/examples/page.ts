/**
 * Runs the examples of a page, in their order and in one folder, as a reader who types them does.
 */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, tlslp } from "../processes.ts";
import { toPattern } from "../scripts.ts";
import { type Block, marksOf } from "./blocks.ts";
import { type Command, commandsOf, isRun, programName } from "./commands.ts";
import { checkJson } from "./json.ts";
import { makeLoopback } from "./loopback.ts";
import { openTerminal, type Place, type Result, type Terminal } from "./terminal.ts";

/** Packages and variables for the programs of the pages. */
export interface Installed {
  readonly modules: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** A server that runs, with the command that started it. */
interface Service {
  readonly terminal: Terminal;
  readonly command: Command;
}

interface Session {
  readonly place: Place;
  readonly terminals: Terminal[];
  /** The terminal without a server, where the next command is typed. */
  idle: Terminal | undefined;
  services: Service[];
}

/** Whether anything is done with the block; readers only read the others. */
export function isExample(block: Block): boolean {
  return marksOf(block, "not run").length === 0;
}

/** Runs a page's examples; throws for the first that does not do what the page says. */
export async function runPage(blocks: readonly Block[], installed: Installed): Promise<void> {
  using root = makeFolder();
  const [folder, home, bin] = [
    join(root.path, "work"),
    join(root.path, "home"),
    join(root.path, "bin"),
  ];
  for (const path of [folder, home, bin]) {
    mkdirSync(path);
  }
  symlinkSync(installed.modules, join(folder, "node_modules"));
  symlinkSync(process.execPath, join(bin, "bun"));
  symlinkSync(tlslp(), join(bin, "tlslp"));
  await using loopback = await makeLoopback();
  if (loopback.sharedBecause !== undefined) {
    process.stderr.write(`${blocks[0]?.page}: on shared ports: ${loopback.sharedBecause}\n`);
  }
  const environment = {
    ...installed.variables,
    PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: home,
    // Without --bits a search is short, and the machine may be busy.
    TLSLP_BITS: "12",
    TLSLP_OTHER_TIMEOUT: "60",
  };
  const place = { prefix: loopback.prefix, folder, environment };
  const session: Session = { place, terminals: [], idle: undefined, services: [] };
  try {
    for (const [index, block] of blocks.entries()) {
      await take(block, outputAfter(blocks[index + 1]), session);
    }
    await endServices(session);
  } finally {
    await Promise.all(session.terminals.map((terminal) => terminal.close()));
  }
}

/** A block of text right after another block is its output. */
function outputAfter(next: Block | undefined): readonly string[] | undefined {
  return next?.followsBlock && next.language === "text" ? next.lines : undefined;
}

async function take(block: Block, output: Command["output"], session: Session): Promise<void> {
  const { folder } = session.place;
  if (!isExample(block)) {
    return;
  }
  if (marksOf(block, "ends").length > 0) {
    await endServices(session);
  }
  for (const text of marksOf(block, "before")) {
    const where = `${block.page}:${block.line - 1}: before the block`;
    await runCommand({ text, where, output: undefined }, 0, session);
  }
  for (const name of marksOf(block, "file")) {
    writeFileSync(join(folder, name), `${block.lines.join("\n")}\n`);
  }
  if (block.language === "json") {
    checkJson(block);
  } else if (isRun(block)) {
    if (block.language !== "sh" && block.language !== "console") {
      writeFileSync(join(folder, programName(block)), `${block.lines.join("\n")}\n`);
    }
    await runBlock(block, output, session);
  }
}

async function runBlock(block: Block, output: Command["output"], session: Session) {
  const [exit = 0] = marksOf(block, "exit").map(Number);
  const commands = commandsOf(block);
  for (const [index, command] of commands.entries()) {
    const isLast = index === commands.length - 1;
    const text = await fillIn(command.text, block, session);
    const shown = isLast ? (command.output ?? output) : command.output;
    await runCommand({ ...command, text, output: shown }, isLast ? exit : 0, session);
    if (!isLast && session.idle === undefined) {
      throw new Error(
        `${command.where}: ${text}\nruns until it is ended, so a reader cannot type the next ` +
          "command of the block: put that into another block",
      );
    }
  }
}

async function runCommand(command: Command, exit: number, session: Session): Promise<Result> {
  session.idle ??= open(session);
  const terminal = session.idle;
  const result = await terminal.run(command.text);
  if (result.exit === undefined) {
    session.services.push({ terminal, command });
    session.idle = undefined;
  } else {
    check(command, result, exit);
  }
  return result;
}

function open({ place, terminals }: Session): Terminal {
  const terminal = openTerminal(place);
  terminals.push(terminal);
  return terminal;
}

/** Ends the servers that run, and checks what they have printed. */
async function endServices(session: Session): Promise<void> {
  for (const { terminal, command } of session.services) {
    check(command, await terminal.end(), 0);
    session.idle ??= terminal;
  }
  session.services = [];
}

/** Puts values in place of the words that a reader has to replace, such as ID. */
async function fillIn(text: string, block: Block, session: Session): Promise<string> {
  let filled = text;
  for (const mark of marksOf(block, "where")) {
    const [, name = "", source = ""] = /^(\S+): (.+)$/.exec(mark) ?? [];
    const word = new RegExp(`(?<![\\w-])${RegExp.escape(name)}(?![\\w-])`, "g");
    if (filled.search(word) >= 0) {
      const where = `${block.page}:${block.line - 1}: the mark of ${name}`;
      const command = { text: await fillIn(source, block, session), where, output: undefined };
      const { stdout } = await runCommand(command, 0, session);
      filled = filled.replace(word, () => stdout.trim());
    }
  }
  return filled;
}

/**
 * Throws unless the command ended as it should. The page may show only what it prints to stdout, or
 * stderr before that.
 */
function check({ text, where, output }: Command, { exit, stdout, stderr }: Result, wanted: number) {
  const pattern = output === undefined ? undefined : toPattern(output);
  const isShown = pattern === undefined || pattern.test(stdout) || pattern.test(stderr + stdout);
  if (exit !== wanted || !isShown) {
    const expected = output === undefined ? "" : `${output.join("\n")}\n`;
    throw new Error(
      `${where}: ${text}\n-- expected exit ${wanted}\n${expected}` +
        `-- seen exit ${exit}\n${stderr}${stdout}`,
    );
  }
}
