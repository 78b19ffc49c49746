/**
 * `tlslp completions <shell>`
 */
import { type Description, defineCommand } from "../cli/command.ts";
import { refuse } from "../cli/flag.ts";
import { bashScript } from "../completions/bash.ts";
import { fishScript } from "../completions/fish.ts";
import { type CommandWords, gatherWords } from "../completions/words.ts";
import { zshScript } from "../completions/zsh.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** @param describe tells of every command, this one included */
export function createCompletionsCommand(describe: () => Promise<readonly Description[]>) {
  return defineCommand({
    name: "completions",
    summary: "print what makes a shell complete tlslp's command line",
    positionals: [
      {
        name: "shell",
        help: SHELLS.join(", "),
        offers: SHELLS,
        read: (text): Shell =>
          SHELLS.find((shell) => shell === text) ??
          refuse(text, `is not one of ${SHELLS.join(", ")}`),
      },
    ],
    flags: {},
    examples: [
      { command: "source <(tlslp completions bash)", shows: "for this bash, or in ~/.bashrc" },
      { command: "source <(tlslp completions zsh)", shows: "after compinit, in ~/.zshrc" },
      {
        command: "tlslp completions fish >~/.config/fish/completions/tlslp.fish",
        shows: "for every fish to come",
      },
    ],
    async run({ positionals: [shell] }, { print }) {
      await print(SCRIPTS[shell](await gatherWords(await describe())));
    },
  });
}
