import { expect, test } from "bun:test";
import { switchFlag, textFlag } from "../../../src/cli/flag.ts";
import { commandFirst } from "../../../src/cli/group.ts";

const GROUP = {
  members: [
    {
      meta: { name: "tea brew", description: "make tea" },
      positionals: [],
      flags: {
        milk: textFlag({
          name: "milk",
          aliases: ["m"],
          placeholder: "KIND",
          fallback: "",
          help: "",
        }),
        pot: switchFlag({ name: "pot", help: "" }),
      },
      examples: [],
    },
  ],
};

const reordered = (...args: readonly string[]) => commandFirst(args, GROUP).join(" ");

test("a command's name comes before the flags that were given before it", () => {
  expect(reordered("brew", "--pot", "green")).toBe("brew --pot green");
  expect(reordered("--pot", "brew", "green")).toBe("brew --pot green");
  expect(reordered("--milk", "oat", "--pot", "brew", "-x")).toBe("brew --milk oat --pot -x");
  expect(reordered("--m", "oat", "--milk=soy", "brew")).toBe("brew --m oat --milk=soy");
});

test("the flags of the group's own command may come before a name too", () => {
  const [member] = GROUP.members;
  const sugar = textFlag({ name: "sugar", placeholder: "KIND", fallback: "", help: "" });
  const own = { meta: { name: "tea", description: "" }, positionals: [], flags: { sugar } };
  const group = { members: member === undefined ? [] : [member], own: { ...own, examples: [] } };
  expect(commandFirst(["--sugar", "brown", "brew", "green"], group)).toEqual([
    ...["brew", "--sugar", "brown", "green"],
  ]);
});

test("arguments without a name stay as they are", () => {
  expect(reordered()).toBe("");
  expect(reordered("--pot", "--milk", "oat")).toBe("--pot --milk oat");
  expect(reordered("--pot", "--milk")).toBe("--pot --milk");
});
