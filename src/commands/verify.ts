/**
 * `tlslp verify <token> <suffix> <bits>`
 */
import { defineCommand } from "../cli/command.ts";
import { refuse, switchFlag } from "../cli/flag.ts";
import { Fault, oldFault } from "../fault/fault.ts";
import { digestOf, toHex, trailingZeroBits } from "../puzzle/digest.ts";
import { MAX_LINE_LENGTH } from "../wire/line.ts";
import { parseSuffix } from "../wire/message.ts";
import { jsonLine } from "./json.ts";
import { BITS, TOKEN } from "./puzzle-arguments.ts";
import type { VerifyResult } from "./result-schemas.ts";

export const verifyCommand = defineCommand({
  name: "verify",
  summary: "print SHA256(token + suffix), and say whether it ends with <bits> zero bits",
  positionals: [
    TOKEN,
    {
      name: "suffix",
      help: "what a solver found; behind -- it may begin with a dash",
      read: readSuffix,
    },
    BITS,
  ],
  flags: {
    json: switchFlag({ name: "json", help: "print one JSON object instead" }),
  },
  examples: [
    { command: "tlslp verify a AAACR 9", shows: "exits 0: the digest ends with 9 zero bits" },
  ],
  async run({ flags, positionals: [token, suffix, bits] }, { print }) {
    const bytes = digestOf(token, suffix);
    const digest = toHex(bytes);
    const found = trailingZeroBits(bytes);
    const right = found >= bits;
    const result: VerifyResult = { token, suffix, bits, digest, zero_bits: found, right };
    await print(flags.json ? jsonLine(result) : `${digest}\n`);
    if (!right) {
      throw oldFault("protocol", `the digest ends with ${found} zero bits, not ${bits}`);
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
    throw thrown instanceof Fault ? oldFault("usage", thrown.message) : thrown;
  }
}
