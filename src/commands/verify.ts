/**
 * `tlslp verify <token> <suffix> <bits>`
 */
import { switchFlag } from "../cli/flag.ts";
import { jsonLine } from "../cli/output.ts";
import { createCommand } from "../cli/run.ts";
import { Fault } from "../fault/fault.ts";
import { digestOf, toHex, trailingZeroBits } from "../puzzle/digest.ts";
import { MAX_LINE_LENGTH } from "../wire/line.ts";
import { parseSuffix } from "../wire/message.ts";
import { BITS, TOKEN } from "./puzzle-arguments.ts";
import type { VerifyResult } from "./result-schemas.ts";

export const verifyCommand = createCommand({
  meta: {
    name: "verify",
    description: "print SHA256(token + suffix), and check that it ends in zero bits",
  },
  positionals: [
    TOKEN,
    {
      name: "suffix",
      help: "the result of a solver; put -- before a suffix that starts with a dash",
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
      throw new Fault("tooFewZeroBits", { found, wanted: bits });
    }
  },
});

/** Parses a suffix by the rules of the protocol; throws a usage fault. */
function readSuffix(value: string, setting: string): string {
  if (value === "") {
    throw new Fault("suffixEmpty", { setting, value });
  }
  if (Buffer.byteLength(value) >= MAX_LINE_LENGTH) {
    throw new Fault("suffixTooLong", { setting, value, maxBytes: MAX_LINE_LENGTH - 1 });
  }
  try {
    return parseSuffix(value);
  } catch (cause) {
    throw new Fault("suffixBroken", { setting, value }, { cause });
  }
}
