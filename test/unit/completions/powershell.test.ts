import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { Language, Parser } from "web-tree-sitter";
import { powershellScript } from "../../../src/completions/powershell.ts";
import { gatherWords } from "../../../src/completions/words.ts";
import { describeCommands } from "../../../src/program.ts";

const script = powershellScript(await gatherWords(await describeCommands()));

test("the script for PowerShell has no syntax error", async () => {
  await Parser.init();
  const grammar = import.meta.resolve("tree-sitter-powershell/tree-sitter-powershell.wasm");
  const parser = new Parser().setLanguage(await Language.load(fileURLToPath(grammar)));

  expect(parser.parse(script)?.rootNode.hasError).toBe(false);
});

test("the script for PowerShell offers commands, flags and the words that a flag takes", () => {
  expect(script).toContain("'solve', 'verify', 'server'");
  expect(script).toMatch(/'client' = @\(.*'--answers'.*\)/);
  expect(script).toMatch(/'solve --kernel' = @\('auto', 'portable'/);
  expect(script).toMatch(/'completions' = @\('bash', 'zsh', 'fish', 'powershell'\)/);
  expect(script).toMatch(/'submissions' = @\('list', 'show', .*'receipt'\)/);
  expect(script).toMatch(/'submissions export --format' = @\('csv', 'jsonl', 'json'\)/);
});
