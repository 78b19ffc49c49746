/**
 * `tlslp completions <shell>`
 */
import type { Description, GroupDescription } from "../cli/command.ts";
import { readChoice } from "../cli/flag.ts";
import { createCommand } from "../cli/run.ts";
import { bashScript } from "../completions/bash.ts";
import { fishScript } from "../completions/fish.ts";
import { powershellScript } from "../completions/powershell.ts";
import { type CommandWords, gatherWords } from "../completions/words.ts";
import { zshScript } from "../completions/zsh.ts";

const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
type Shell = (typeof SHELLS)[number];

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

/** Creates the command. `describe` describes every command, this one included. */
export function createCompletionsCommand(
  describe: () => Promise<readonly (Description | GroupDescription)[]>,
) {
  return createCommand({
    meta: {
      name: "completions",
      description: "print a script that makes a shell complete tlslp's command line",
    },
    positionals: [
      {
        name: "shell",
        help: SHELLS.join(", "),
        offers: SHELLS,
        read: (text, setting): Shell => readChoice(text, setting, SHELLS),
      },
    ],
    flags: {},
    examples: [
      { command: "source <(tlslp completions bash)", shows: "for this bash, or in ~/.bashrc" },
      { command: "source <(tlslp completions zsh)", shows: "after compinit, in ~/.zshrc" },
      {
        command: "tlslp completions fish >~/.config/fish/completions/tlslp.fish",
        shows: "for fish",
      },
      {
        command: "tlslp completions powershell | Out-String | Invoke-Expression",
        shows: "for this PowerShell, or in $PROFILE",
      },
    ],
    async run({ positionals: [shell] }, { print }) {
      await print(SCRIPTS[shell](await gatherWords(await describe())));
    },
  });
}
