/**
 * `tlslp submissions delete <id>...`
 */
import { createCommand } from "../../cli/run.ts";
import { Fault } from "../../fault/fault.ts";
import { eraseUntilAborted, ID, STORE_FLAG, withStore } from "./store.ts";

export const deleteCommand = createCommand({
  meta: {
    name: "submissions delete",
    description: "erase the personal data of submissions for good, and print their ids",
  },
  positionals: [{ ...ID, repeatable: true }],
  flags: { store: STORE_FLAG },
  examples: [
    {
      command: "tlslp submissions delete 01KB8V3Q4Z7SCNTWX5BGMKQH0D",
      shows: "only its time, outcome and key stay; it still counts",
    },
  ],
  async run({ flags, positionals: [given] }, { print, signal }) {
    const ids = [...new Set(given)];
    await withStore(flags.store, signal, async (store) => {
      const unknown = await eraseUntilAborted(signal, (options) => store.erase(ids, options));
      const erased = ids.filter((id) => !unknown.includes(id));
      await print(erased.map((id) => `${id}\n`).join(""));
      if (unknown.length > 0) {
        throw new Fault("submissionUnknown", { id: unknown.join(", ") });
      }
    });
  },
});
