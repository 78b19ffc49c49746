/**
 * A process that writes submissions to a store until it is ended, or has written the given number.
 * It prints the id and the answers of each that is kept, and "refused" for one without a pass left.
 *
 * Arguments: the store's URL, the number of submissions, and of passes (0: any number).
 */
import { isFault } from "../../../src/fault/fault.ts";
import { open, submission } from "./samples.ts";

/** The number of sessions that end at the same moment. */
const AT_ONCE = 8;

const [url = "", count = "0", passes = "0"] = process.argv.slice(2);
const store = await open(url);
let rest = Number(count);

async function write(): Promise<void> {
  while (rest > 0) {
    rest -= 1;
    const sent = submission("Ada", { ADDR_LINE1: "x".repeat(rest % 900) + 1 });
    try {
      await store.record(sent, passes === "0" ? {} : { passes: Number(passes) });
      process.stdout.write(`${JSON.stringify([sent.id, sent.answers])}\n`);
    } catch (thrown) {
      if (!isFault(thrown, "answeredAlready")) {
        throw thrown;
      }
      process.stdout.write("refused\n");
    }
  }
}

process.stdout.write("ready\n");
await Promise.all(Array.from({ length: AT_ONCE }, write));
await store.close();
