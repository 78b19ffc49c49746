/**
 * The commands of a block, as a reader types them.
 */
import type { Block } from "./blocks.ts";

export interface Command {
  readonly text: string;
  /** Such as "docs/intake.md:12". */
  readonly where: string;
  /** The lines that it must print; undefined if the page does not show them. */
  readonly output: readonly string[] | undefined;
}

/** How a program in a block is run, by its language. Its first line has its file's name. */
const PROGRAMS: Readonly<Record<string, (file: string) => string>> = {
  ts: (file) => `bun ${file}`,
  python: (file) => `python3 ${file}`,
  c: (file) => {
    const program = file.replace(/\.c$/, "");
    return `cc ${file} $(pkg-config --cflags --libs tlslp-search) -o ${program} && ./${program}`;
  },
};

/** Whether the block's commands or its program are run. */
export function isRun({ language }: Block): boolean {
  return language === "sh" || language === "console" || language in PROGRAMS;
}

/** Returns the name of a program's file, from the comment in its first line. */
export function programName({ page, line, language, lines }: Block): string {
  const [, name] = /^(?:\/\/|#|\/\*) ([\w.-]+)(?: \*\/)?$/.exec(lines[0] ?? "") ?? [];
  if (name === undefined) {
    throw new Error(`${page}:${line}: begin the program with its name: // name.${language}`);
  }
  return name;
}

export function commandsOf(block: Block): readonly Command[] {
  const { page, line, language, lines } = block;
  const toProgram = PROGRAMS[language];
  if (toProgram !== undefined) {
    const text = toProgram(programName(block));
    return [{ text, where: `${page}:${line}`, output: undefined }];
  }
  return language === "console" ? sessionOf(block) : splitCommands(lines, page, line);
}

/** Reads lines "$ command", each with its output below it; a line "> …" continues a command. */
function sessionOf({ page, line, lines }: Block): readonly Command[] {
  const commands: { text: string; where: string; output: string[] }[] = [];
  for (const [index, each] of lines.entries()) {
    const last = commands.at(-1);
    if (each.startsWith("$ ")) {
      commands.push({ text: each.slice(2), where: `${page}:${line + index}`, output: [] });
    } else if (last === undefined) {
      throw new Error(`${page}:${line + index}: a console block begins with "$ " and a command`);
    } else if (each.startsWith("> ") && last.output.length === 0) {
      last.text += `\n${each.slice(2)}`;
    } else {
      last.output.push(each);
    }
  }
  return commands;
}

/** Splits the text of a shell where bash takes the lines so far for complete commands. */
function splitCommands(lines: readonly string[], page: string, line: number): readonly Command[] {
  const commands: Command[] = [];
  let begun: string[] = [];
  for (const [index, each] of lines.entries()) {
    begun.push(each);
    if (isComplete(begun.join("\n"))) {
      const text = begun.join("\n");
      const where = `${page}:${line + index - begun.length + 1}`;
      if (/^\s*[^#\s]/m.test(text)) {
        commands.push({ text, where, output: undefined });
      }
      begun = [];
    }
  }
  if (begun.length > 0) {
    throw new Error(
      `${page}:${line + lines.length - begun.length}: bash finds no end of a command`,
    );
  }
  return commands;
}

function isComplete(text: string): boolean {
  if (text.endsWith("\\")) {
    return false;
  }
  // A document that a command reads ("<<") and that has no end is only a warning.
  const { exitCode, stderr } = Bun.spawnSync(["bash", "-n", "-c", text]);
  return exitCode === 0 && stderr.length === 0;
}
