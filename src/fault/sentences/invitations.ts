/**
 * Failures of invitations, and of the journal of the certificates that were issued.
 */
import { define } from "../define.ts";
import { type NamedFile, nameOf } from "./files.ts";

export const INVITATION_SENTENCES = {
  journalInvalid: define<{ file: NamedFile; line: number; problem: string }>(
    "usage",
    ({ file, line, problem }) => `${nameOf(file)} is wrong at line ${line}: ${problem}`,
  ),
};
