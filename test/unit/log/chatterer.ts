/**
 * A process that logs more than its reader takes: so many numbered records, which is its argument,
 * then says so on stdout, and one more when its input ends.
 */
import { openLog } from "../../../src/log/log.ts";

const [, , count = ""] = process.argv;

const log = openLog({ level: "info", format: "text", file: undefined });
for (let number = 1; number <= Number(count); number += 1) {
  log.info("chatter", { number, padding: "x".repeat(number % 200) });
}
process.stdout.write("written\n");
await Bun.stdin.text();
log.info("good-bye");
log.close();
