/**
 * `tlslp verify <token> <suffix> <bits>`
 */
import { defineCommand } from "../cli/command.ts";
import { refuse } from "../cli/flag.ts";
import { Fault } from "../fault.ts";
import { digestOf, toHex, trailingZeroBits } from "../puzzle/digest.ts";
import { MAX_LINE_LENGTH } from "../wire/line.ts";
import { parseSuffix } from "../wire/message.ts";
import { BITS, TOKEN } from "./puzzle-arguments.ts";

export const verifyCommand = defineCommand({
  name: "verify",
  summary: "print SHA256(token + suffix), and say whether it ends with <bits> zero bits",
  positionals: [
    TOKEN,
    {
      name: "suffix",
      help: "what a solver found; no spaces or control characters",
      read: readSuffix,
    },
    BITS,
  ],
  flags: {},
  examples: [
    { command: "tlslp verify a AAACR 9", shows: "exits 0: the digest ends with 9 zero bits" },
  ],
  async run({ positionals: [token, suffix, bits] }, { print }) {
    const digest = digestOf(token, suffix);
    print(`${toHex(digest)}\n`);
    const found = trailingZeroBits(digest);
    if (found < bits) {
      throw new Fault("protocol", `the digest ends with ${found} zero bits, not ${bits}`);
    }
  },
});

/** The same rules as on the wire, but here a breach is the caller's. */
function readSuffix(text: string): string {
  if (Buffer.byteLength(text) >= MAX_LINE_LENGTH) {
    return refuse(text, `is longer than ${MAX_LINE_LENGTH - 1} bytes`);
  }
  try {
    return parseSuffix(text);
  } catch (thrown) {
    throw thrown instanceof Fault ? new Fault("usage", thrown.message) : thrown;
  }
}
