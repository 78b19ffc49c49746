/**
 * Failures of invitations, and of the journal of the certificates that were issued.
 */
import { define } from "../define.ts";
import { quoted } from "../printable.ts";
import { type NamedFile, nameOf } from "./files.ts";

export const INVITATION_SENTENCES = {
  notPersonName: define<{ setting: string; value: string; rule: string }>(
    "usage",
    ({ setting: key, value, rule }, { setting }) =>
      `${setting(key)}: the name ${quoted(value)} ${rule}`,
  ),
  journalInvalid: define<{ file: NamedFile; line: number; problem: string }>(
    "usage",
    ({ file, line, problem }) => `${nameOf(file)} is wrong at line ${line}: ${problem}`,
  ),
};
