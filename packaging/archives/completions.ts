/**
 * The completion scripts of an archive, printed by the program itself.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";

/** Each shell, and the name under which it looks for completions of `tlslp`. */
const FILES: Readonly<Record<string, string>> = {
  bash: "tlslp.bash",
  zsh: "_tlslp",
  fish: "tlslp.fish",
  powershell: "tlslp.ps1",
};

/** Writes one completion script for each shell into a new folder. */
export async function writeCompletions(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [shell, file] of Object.entries(FILES)) {
    await Bun.write(join(folder, file), run("bun", "src/main.ts", "completions", shell));
  }
}
