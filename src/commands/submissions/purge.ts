/**
 * `tlslp submissions purge`
 */
import { switchFlag, valueFlag } from "../../cli/flag.ts";
import { printNote } from "../../cli/output.ts";
import { createCommand } from "../../cli/run.ts";
import { ask, canAsk } from "../../cli/terminal.ts";
import { Fault } from "../../fault/fault.ts";
import { daysAgo, parseAge } from "../../intake/retention.ts";
import { eraseUntilAborted, STORE_FLAG, withStore } from "./store.ts";

const AGE = "DAYSd";

export const purgeCommand = createCommand({
  meta: {
    name: "submissions purge",
    description: "erase the personal data of all older sessions for good",
  },
  positionals: [],
  flags: {
    olderThan: valueFlag(
      {
        name: "older-than",
        placeholder: AGE,
        fallback: undefined,
        shownDefault: "none; it must be given",
        help: "the age in days, such as 180d",
      },
      parseAge,
    ),
    yes: switchFlag({ name: "yes", help: "do not ask; needed where there is no terminal" }),
    store: STORE_FLAG,
  },
  examples: [
    {
      command: "tlslp submissions purge --older-than 180d",
      shows: "asks first; tlslp server --retain 180d does it daily",
    },
  ],
  async run({ flags: { olderThan, yes, store: url } }, { print, signal }) {
    if (olderThan === undefined) {
      throw new Fault("settingMissing", { setting: "olderThan", placeholder: AGE });
    }
    if (!yes && !(await canAsk())) {
      throw new Fault("notConfirmed", {});
    }
    const end = daysAgo(olderThan);
    await withStore(url, signal, async (store) => {
      const question = `remove all personal data from before ${end.toISOString()} in ${store.name} for good?`;
      if (!yes && !(await ask(question, signal))) {
        printNote("nothing was removed\n");
        return;
      }
      const count = await eraseUntilAborted(signal, (options) => store.eraseBefore(end, options));
      await print(`${count} removed\n`);
    });
  },
});
