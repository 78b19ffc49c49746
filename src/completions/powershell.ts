/**
 * The script that makes PowerShell complete the command line; for Windows PowerShell 5.1 too.
 */
import { powershellWord } from "../cli/quote.ts";
import { type CommandWords, TOP_LEVEL_EXTRAS } from "./words.ts";

/** Returns the script. It completes commands, flags, and the words that a flag takes. */
export function powershellScript(commands: readonly CommandWords[]): string {
  const top = [...commands.map(({ name }) => name), ...TOP_LEVEL_EXTRAS.map(([name]) => name)];
  const all = commands.flatMap((command) => [command, ...command.members]);
  return `# Completion of tlslp's command line for PowerShell:
# tlslp completions powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName tlslp -ScriptBlock {
  param($word, $ast, $position)

  $top = ${listOf(top)}
  $flags = @{
${all
  .map(({ name, flags }) =>
    entry(
      name,
      flags.flatMap(({ names }) => names),
    ),
  )
  .join("")}  }
  $arguments = @{
${all.map((command) => entry(command.name, argumentsOf(command))).join("")}  }
  $values = @{
${all.flatMap(valueEntries).join("")}  }

  $words = @($ast.CommandElements | ForEach-Object { $_.ToString() })
  if ($word -ne '') { $words = @($words | Select-Object -SkipLast 1) }
  if ($words.Count -le 1) {
    $offers = $top
  } else {
    $command = $words[1]
    if ($words.Count -gt 2 -and $flags.ContainsKey("$command $($words[2])")) {
      $command = "$command $($words[2])"
    }
    $offers = $values["$command $($words[-1])"]
    if ($null -eq $offers) {
      $offers = if ($word.StartsWith('-')) { $flags[$command] } else { $arguments[$command] }
    }
  }
  $offers | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

/** Returns the words that may follow a command, or the commands of a group. */
function argumentsOf({ positionals, members }: CommandWords): readonly string[] {
  // Without words PowerShell completes the names of files by itself.
  const words = positionals.flatMap(({ choice }) => (choice === "files" ? [] : choice));
  return [...words, ...members.map(({ word }) => word)];
}

function valueEntries({ name, flags }: CommandWords): readonly string[] {
  return flags.flatMap(({ names, value }) =>
    value === undefined || typeof value.choice === "string" || value.choice.length === 0
      ? []
      : names.map((flag) => entry(`${name} ${flag}`, value.choice as readonly string[])),
  );
}

function entry(key: string, words: readonly string[]): string {
  return `    ${powershellWord(key)} = ${listOf(words)}\n`;
}

function listOf(words: readonly string[]): string {
  return `@(${words.map(powershellWord).join(", ")})`;
}
