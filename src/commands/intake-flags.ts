/**
 * The flags about the answers of a server's sessions: where they are kept, and which are right.
 */
import {
  type FlagValues,
  fileFlag,
  switchFlag,
  textFlag,
  valueFlag,
  wholeFlag,
} from "../cli/flag.ts";
import { Fault } from "../fault/fault.ts";
import type { Anonymity } from "../fault/sentences/command-line.ts";
import {
  checkIntakeSettings,
  DEFAULT_ON_PASS_LIMIT,
  type IntakeSettings,
} from "../intake/open-intake.ts";
import { parseAge } from "../intake/retention.ts";
import { parseStoreUrl } from "../intake/store/url.ts";
import { MAX_ON_PASS_LIMIT, MAX_PASSES } from "../server/start-server.ts";

const GROUP = "Answers";

export const INTAKE_FLAGS = {
  store: valueFlag(
    {
      name: "store",
      placeholder: "URL",
      fallback: undefined,
      shownDefault: "a file in the state folder; none with --tutorial and --exercise",
      group: GROUP,
      help: "where answers are kept: sqlite:PATH, postgres://USER@HOST/DATABASE or none",
    },
    readStoreUrl,
  ),
  questions: fileFlag({
    name: "questions",
    placeholder: "FILE",
    fallback: undefined,
    shownDefault: "the eight, not empty",
    group: GROUP,
    help: "the requests, and the rules of their answers, as JSON",
  }),
  questionsTemplate: switchFlag({
    name: "questions-template",
    group: GROUP,
    help: "print a questions file to fill in, and do nothing else",
  }),
  check: switchFlag({
    name: "check",
    group: GROUP,
    help: "check e-mail addresses, the date of birth and the country",
  }),
  passes: wholeFlag({
    name: "passes",
    placeholder: "N",
    fallback: undefined,
    shownDefault: "any number",
    least: 1,
    most: MAX_PASSES,
    group: GROUP,
    help: "how many submissions each participant may make",
  }),
  open: textFlag({
    name: "open",
    placeholder: "TIME",
    fallback: undefined,
    shownDefault: "at once",
    group: GROUP,
    help: "refuse clients before this time, such as 2027-01-31T18:00:00+01:00",
  }),
  close: textFlag({
    name: "close",
    placeholder: "TIME",
    fallback: undefined,
    shownDefault: "never",
    group: GROUP,
    help: "refuse clients from this time on; open sessions may finish",
  }),
  receipts: fileFlag({
    name: "receipts",
    placeholder: "KEYFILE",
    fallback: undefined,
    shownDefault: "no receipts",
    group: GROUP,
    help: "sign a receipt for each submission with this Ed25519 key",
  }),
  onPass: fileFlag({
    name: "on-pass",
    placeholder: "COMMAND",
    fallback: undefined,
    shownDefault: "none",
    group: GROUP,
    help: "an executable to run for each submission, with its JSON on stdin",
  }),
  onPassLimit: wholeFlag({
    name: "on-pass-limit",
    placeholder: "N",
    fallback: undefined,
    shownDefault: `${DEFAULT_ON_PASS_LIMIT}`,
    least: 1,
    most: MAX_ON_PASS_LIMIT,
    group: GROUP,
    help: "how many of these run at once",
  }),
  retain: valueFlag(
    {
      name: "retain",
      placeholder: "AGE",
      fallback: undefined,
      shownDefault: "forever",
      group: GROUP,
      help: "erase personal data that is older, such as 180d, at the start and daily",
    },
    parseAge,
  ),
} as const;

/** Other flags of the server that decide about its answers. */
interface OtherFlags {
  readonly anonymity: Anonymity | undefined;
  readonly tutorial: boolean;
  readonly exercise: number | undefined;
}

/**
 * Returns the intake's settings. Throws a usage fault for flags that exclude or need each other.
 */
export function readIntakeSettings(
  flags: FlagValues<typeof INTAKE_FLAGS> & OtherFlags,
): IntakeSettings {
  const { questions, check, passes, open, close, receipts, onPass, onPassLimit, retain } = flags;
  const { anonymity, tutorial, exercise } = flags;
  if (tutorial && questions !== undefined) {
    throw new Fault("exclusive", { settings: ["tutorial", "questions"] });
  }
  const isPractice = tutorial || exercise !== undefined;
  const store = flags.store ?? (isPractice ? "none" : undefined);
  const rules = { questions, check, open, close };
  const settings = { store, ...rules, passes, receipts, onPass, onPassLimit, retain };
  checkIntakeSettings(settings, anonymity);
  return settings;
}

function readStoreUrl(text: string): string {
  parseStoreUrl(text);
  return text;
}
