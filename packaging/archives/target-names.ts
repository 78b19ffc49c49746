/**
 * Prints the name of every release target, one a line, for shell scripts.
 */
import { TARGETS } from "./targets.ts";

process.stdout.write(TARGETS.map(({ name }) => `${name}\n`).join(""));
