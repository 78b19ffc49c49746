/**
 * `tlslp verify-receipt <jws>`
 */
import { fileFlag, readText } from "../cli/flag.ts";
import { jsonLine } from "../cli/output.ts";
import { createCommand } from "../cli/run.ts";
import { verifyReceipt } from "../intake/receipts.ts";
import { readPipesAhead } from "../io/input.ts";

export const verifyReceiptCommand = createCommand({
  meta: {
    name: "verify-receipt",
    description: "check a receipt offline, and print its claims as JSON",
  },
  positionals: [
    { name: "jws", help: "a receipt, as tlslp submissions receipt prints it", read: readText },
  ],
  flags: {
    key: fileFlag({
      name: "key",
      fallback: "certs/receipt-pub.pem",
      help: "the public key of the intake",
    }),
  },
  examples: [
    {
      command: "tlslp verify-receipt eyJhbGciOiJFZERTQSJ9... --key receipt-pub.pem",
      shows: "exits 0 when it is genuine",
    },
  ],
  async run({ flags, positionals: [jws] }, { print, signal }) {
    await readPipesAhead([flags.key], signal);
    await print(jsonLine(await verifyReceipt(jws, flags.key)));
  },
});
