/**
 * Files for package managers that download the archives of a release.
 */
import { join } from "node:path";
import type { Release } from "../release.ts";
import { writeJson, writeText } from "../tree.ts";
import { aurFiles } from "./aur.ts";
import { homebrewFormula } from "./homebrew.ts";
import { scoopManifest } from "./scoop.ts";
import { wingetManifests } from "./winget.ts";

/** Writes the folders homebrew, scoop, winget and aur. */
export function makeManagerFiles(release: Release, output: string): void {
  writeText(join(output, "homebrew/tlslp.rb"), homebrewFormula(release));
  writeJson(join(output, "scoop/tlslp.json"), scoopManifest(release));
  for (const [name, text] of Object.entries(wingetManifests(release))) {
    writeText(join(output, "winget", name), text);
  }
  for (const [name, text] of Object.entries(aurFiles(release))) {
    writeText(join(output, "aur", name), text);
  }
}
