/**
 * `tlslp submissions receipt <id>`
 */
import { createCommand } from "../../cli/run.ts";
import { Fault } from "../../fault/fault.ts";
import { ID, requireEntry, STORE_FLAG, withStore } from "./store.ts";

export const receiptCommand = createCommand({
  meta: {
    name: "submissions receipt",
    description: "print the receipt of a submission, a compact JWS",
  },
  positionals: [ID],
  flags: { store: STORE_FLAG },
  examples: [
    {
      command: "tlslp submissions receipt 01KB8V3Q4Z7SCNTWX5BGMKQH0D",
      shows: "for the participant; tlslp verify-receipt checks it",
    },
  ],
  async run({ flags, positionals: [id] }, { print, signal }) {
    await withStore(flags.store, signal, async (store) => {
      const { receipt } = await requireEntry(store, id, signal);
      if (receipt === null) {
        throw new Fault("receiptMissing", { id });
      }
      await print(`${receipt}\n`);
    });
  },
});
