/**
 * The command line as its users meet it: each file of `commands/` is one test. How to write one is
 * said in `test/support/scripts.ts`.
 */
import { test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runScript, SCRIPT_TIMEOUT } from "../support/scripts.ts";

const FOLDER = join(import.meta.dir, "commands");
/** Beyond the script's own limit, to tell which of its commands hangs, in milliseconds. */
const GRACE = 5_000;

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith(".txt"))) {
  test(`the commands of ${name} do as it says`, () => runScript(join(FOLDER, name)), {
    timeout: SCRIPT_TIMEOUT + GRACE,
  });
}
