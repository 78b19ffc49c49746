/**
 * The command line as users see it: each file of `commands/` is one test. `test/support/scripts.ts`
 * explains how to write one.
 */
import { test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runScript, SCRIPT_TIMEOUT } from "../support/scripts.ts";

const FOLDER = join(import.meta.dir, "commands");
/** Milliseconds after the script's own timeout, in which it reports the command that hangs. */
const GRACE = 5_000;

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith(".txt"))) {
  test(`the commands of ${name} print and exit as it says`, () => runScript(join(FOLDER, name)), {
    timeout: SCRIPT_TIMEOUT + GRACE,
  });
}
