/**
 * The package's face: what the commands use is exported and documented.
 */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { exports as packageExports } from "../../package.json" with { type: "json" };
import { REPOSITORY } from "../support/processes.ts";

const SOURCES = join(REPOSITORY, "src");
const INDEX = readFileSync(join(SOURCES, "index.ts"), "utf8");
const MANUAL = readFileSync(join(REPOSITORY, "docs/library.md"), "utf8");

/** What is about flags and terminals, and nothing to a program. */
const OF_THE_COMMAND_LINE = /^(?:cli|commands|completions)\//;

/** What stands for itself in a signature, or is named by what it belongs to. */
const CONSTANTS = /^[A-Z_]+$/;

/** A name, and the file in src/ that has it. */
interface Binding {
  readonly name: string;
  readonly file: string;
}

const exported = listBindings(INDEX, "export", SOURCES);
/** Files that are entry points of their own. */
const entryPoints = Object.values(packageExports).map(({ bun }) => relative("src", bun));

describe("the commands use nothing that the package does not export", () => {
  const folder = join(SOURCES, "commands");
  for (const path of new Bun.Glob("*.ts").scanSync(folder)) {
    test(`in commands/${path}`, () => {
      const used = listBindings(readFileSync(join(folder, path), "utf8"), "import", folder);
      const foreign = used.filter(({ file }) => !OF_THE_COMMAND_LINE.test(file));
      expect(foreign.filter(({ name, file }) => !isExported(name, file))).toEqual([]);
    });
  }
});

describe("each export", () => {
  for (const { name, file } of exported) {
    if (!CONSTANTS.test(name)) {
      test(`has a docstring where it has something to say: ${name}`, () => {
        const source = readFileSync(join(SOURCES, file), "utf8");
        const declared = new RegExp(`(.*)\nexport (?:async )?(?:function|class) ${name}\\b`);
        const [, before = "*/"] = declared.exec(source) ?? [];
        expect(before).toEndWith("*/");
      });
    }
  }

  test("that is a function of its own is in the manual", async () => {
    const face = await import("../../src/index.ts");
    const functions = Object.entries(face).filter(([, value]) => typeof value === "function");
    const missing = functions.map(([name]) => name).filter((name) => !MANUAL.includes(name));
    expect(missing).toEqual([]);
  });
});

function isExported(name: string, file: string): boolean {
  return (
    entryPoints.includes(file) ||
    exported.some((binding) => binding.name === name && binding.file === file)
  );
}

/** What a module takes from others, statically or not: the names that those have for it. */
function listBindings(source: string, verb: "import" | "export", folder: string): Binding[] {
  const lists = source.matchAll(
    new RegExp(`^${verb} (?:type )?\\{([^}]*)\\} from "(\\.[^"]+)"`, "gm"),
  );
  const lazy = source.matchAll(/\{([^{}]*)\} = await import\("(\.[^"]+)"\)/g);
  return [...lists, ...lazy].flatMap(([, names = "", path = ""]) =>
    names
      .split(",")
      .map((name) => /^\s*(?:type )?(\w+)/.exec(name)?.[1])
      .filter((name) => name !== undefined)
      .map((name) => ({ name, file: relative(SOURCES, join(folder, path)) })),
  );
}
