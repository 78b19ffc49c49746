import { describe, expect, test } from "bun:test";
import { listFlag, switchFlag, textFlag, wholeFlag } from "../../../src/cli/flag.ts";
import { commandHelp, groupHelp, programHelp } from "../../../src/cli/help.ts";

const COMMAND = {
  meta: { name: "brew", description: "make tea" },
  positionals: [
    { name: "leaf", help: "which tea" },
    { name: "minutes", help: "how long" },
  ],
  examples: [
    { command: "tlslp brew oolong 3", shows: "a cup" },
    { command: "tlslp brew --pot assam 5", shows: "a pot" },
  ],
};

const FLAGS = {
  water: wholeFlag({
    name: "water",
    aliases: ["h2o"],
    placeholder: "ML",
    fallback: 200,
    least: 1,
    most: 2000,
    group: "Measures",
    help: "how much water",
  }),
  milk: textFlag({ name: "milk", placeholder: "KIND", fallback: undefined, help: "which milk" }),
  pot: switchFlag({ name: "pot", help: "a whole pot", group: "Measures" }),
  guests: listFlag({ name: "guest", placeholder: "NAME", help: "who comes" }, String),
  temperature: textFlag({
    name: "temperature-of-the-water",
    placeholder: "CELSIUS|FAHRENHEIT",
    fallback: "hot",
    help: "how hot",
  }),
};

describe("the help of a command", () => {
  const lines = commandHelp({ ...COMMAND, flags: FLAGS }).split("\n");
  const section = (heading: string) => {
    const from = lines.indexOf(heading) + 1;
    return lines.slice(from, lines.indexOf("", from));
  };

  test("begins with the description and the usage", () => {
    expect(lines.slice(0, 3)).toEqual([
      "tlslp brew: make tea",
      "",
      "Usage: tlslp brew [flags] <leaf> <minutes>",
    ]);
  });

  test("explains the positionals in columns", () => {
    expect(section("Arguments:")).toEqual(["  <leaf>     which tea", "  <minutes>  how long"]);
  });

  test("has the flags in their groups, with aliases, value and default", () => {
    expect(section("Measures:")).toEqual([
      "  --water, --h2o ML  how much water (default: 200)",
      "  --pot              a whole pot (default: off)",
    ]);
  });

  test("says where there is no default", () => {
    expect(section("Options:").slice(0, 2)).toEqual([
      expect.stringMatching(/^ {2}--milk KIND +which milk \(default: none\)$/),
      expect.stringMatching(/^ {2}--guest NAME +who comes \(default: none\)$/),
    ]);
  });

  test("gives a name that is too wide a line of its own", () => {
    const [, , wide, explanation] = section("Options:");
    expect(wide).toBe("  --temperature-of-the-water CELSIUS|FAHRENHEIT");
    expect(explanation).toMatch(/^ +how hot \(default: hot\)$/);
  });

  test("tells of the environment", () => {
    expect(lines).toContain(
      "Each flag has an environment variable: TLSLP_LOG_LEVEL sets --log-level.",
    );
  });

  test("ends with the examples", () => {
    expect(lines.slice(lines.indexOf("Examples:"))).toEqual([
      "Examples:",
      "  # a cup",
      "  tlslp brew oolong 3",
      "  # a pot",
      "  tlslp brew --pot assam 5",
      "",
    ]);
  });

  test("names each group once, in the order in which it first appears", () => {
    const headings = lines.filter((line) => /^[A-Z]\w+:$/.test(line));
    expect(headings).toEqual(["Arguments:", "Measures:", "Options:", "Examples:"]);
  });

  test("breaks lines at 80 columns, but never inside a default", () => {
    const long = textFlag({
      name: "sort",
      placeholder: "KIND",
      fallback: "a-kind-whose-name-is-as-long-as-that",
      group: "Measures",
      help: `what to take when there is ${"none ".repeat(20)}left`,
    });
    const text = commandHelp({ ...COMMAND, flags: { ...FLAGS, long } }).split("\n");
    const from = text.findIndex((line) => line.includes("--sort"));
    const lines = text.slice(from, text.indexOf("", from));

    expect(lines.length).toBeGreaterThan(2);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.at(-1)).toMatch(/^ +\(default: a-kind-whose-name-is-as-long-as-that\)$/);
    expect(new Set(lines.slice(1).map((line) => line.search(/\S/))).size).toBe(1);
  });

  test("breaks a wide list after a comma", () => {
    const list = Array.from({ length: 9 }, (_, index) => `A_LONG_NAME_${index}`).join(",");
    const wide = textFlag({ name: "sort", placeholder: "KIND", fallback: list, help: "what" });
    const text = commandHelp({ ...COMMAND, flags: { ...FLAGS, wide } });

    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text.replaceAll(/,\n +/g, ",")).toContain(`(default: ${list})`);
  });

  test("has no section for positionals where there are none", () => {
    const text = commandHelp({ ...COMMAND, flags: FLAGS, positionals: [] });
    expect(text).toContain("Usage: tlslp brew [flags]\n");
    expect(text).not.toContain("Arguments:");
  });

  test("keeps its columns together in every group", () => {
    const starts = section("Measures:").map((line) => line.search(/(?<= {2})\S(?!.* {2})/));
    expect(new Set(starts).size).toBe(1);
  });
});

describe("the help of a command of a group", () => {
  const green = { ...COMMAND, meta: { name: "brew green", description: "make green tea" } };

  test("lists the others where it is the group's own", () => {
    const own = { ...COMMAND, positionals: [], flags: {} };
    const text = commandHelp(own, [{ ...green, flags: {} }]);
    expect(text).toContain("Usage: tlslp brew [flags]\n       tlslp brew <command> [flags]\n");
    expect(text).toContain("Commands:\n  green  make green tea\n");
  });

  test("has brackets around what may be left out", () => {
    const file = { name: "file", help: "any", repeatable: true, optional: true };
    const text = commandHelp({ ...green, positionals: [file], flags: {} });
    expect(text).toContain("Usage: tlslp brew green [flags] [file]...\n");
    expect(text).toContain("Arguments:\n  [file]  any\n");
  });

  test("has both words, and dots after what may be repeated", () => {
    const positionals = [{ name: "leaf", help: "which tea", repeatable: true }];
    const [head, , usage] = commandHelp({ ...green, positionals, flags: FLAGS }).split("\n");
    expect(head).toBe("tlslp brew green: make green tea");
    expect(usage).toBe("Usage: tlslp brew green [flags] <leaf>...");
  });

  test("is listed under its last word in the help of the group", () => {
    const members = [{ ...green, flags: FLAGS }];
    const text = groupHelp({ meta: { name: "brew", description: "make tea" }, members });
    expect(text).toBe(`tlslp brew: make tea

Usage: tlslp brew <command> [flags]

Commands:
  green  make green tea

tlslp brew <command> --help shows a command's flags and examples.
`);
  });
});

describe("the help of the program", () => {
  const text = programHelp("a tea shop", [
    { meta: { name: "brew", description: "make tea" } },
    { meta: { name: "pour", description: "fill cups" } },
  ]);

  test("begins with a description of the program", () => {
    expect(text).toStartWith("tlslp: a tea shop\n\nUsage: tlslp <command> [flags]\n");
  });

  test("lists the commands in the given order", () => {
    expect(text).toContain("Commands:\n  brew  make tea\n  pour  fill cups\n");
  });

  test("says where to read on, and ends its last line", () => {
    expect(text).toContain("tlslp <command> --help");
    expect(text).toContain("--version");
    expect(text).toEndWith("\n");
  });

  test("fits into 80 columns", () => {
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
