/**
 * A process that logs as many numbered records as its argument says. It then writes a line to
 * stdout, and logs one more record when its input ends. Its second argument says how many
 * milliseconds it then waits for its reader.
 */
import { settleStderr } from "../../../src/io/stderr.ts";
import { openLog } from "../../../src/log/log.ts";

const [, , count = "", wait = ""] = process.argv;

const log = await openLog({
  level: "info",
  format: "text",
  file: undefined,
  maxFileSize: 0,
  hasColor: false,
});
for (let number = 1; number <= Number(count); number += 1) {
  log.info("startLogging", { number, padding: "x".repeat(number % 200) });
}
process.stdout.write("written\n");
await Bun.stdin.text();
log.info("good-bye");
log.close();
await settleStderr(Number(wait));
// As in the program: a reader that does not read must not hold up the exit.
process.exit(0);
