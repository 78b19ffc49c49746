/**
 * The next step after a failure of an invitation, for participants, who can only ask the organiser,
 * and for organisers.
 */
import type { InvitationProblem } from "../fault/sentences/invitations.ts";
import type { Hints } from "./hint.ts";
import { nearest } from "./nearest.ts";
import { shellWord } from "./quote.ts";
import { withFolder } from "./renewal.ts";

export const ASK_ORGANISER = "ask the organiser for a new invitation";

const PROBLEM_HINTS: Readonly<Record<InvitationProblem, string>> = {
  serverKeyChanged:
    "no answer was sent: ask the organiser whether the key is new, and for a new invitation if it is",
  otherAuthority: `no answer was sent: another server may answer there; ${ASK_ORGANISER}`,
  otherHost: `no answer was sent: another server may answer there; ${ASK_ORGANISER}`,
  otherServer: `it may be older than the server's certificates; ${ASK_ORGANISER}`,
  expired: `the clock of the server may be wrong; ${ASK_ORGANISER}`,
  revoked: ASK_ORGANISER,
  silence: `it may be revoked, or older than the server's certificates; ${ASK_ORGANISER}`,
  rejected: `the server's own log says why; ${ASK_ORGANISER}`,
};

export const INVITATION_HINTS: Hints = {
  passwordMissing: () => "set TLSLP_PASSWORD to it, or start in a terminal, which asks",
  notInvitation({ file: { path = "FILE" } }) {
    const word = shellWord(path);
    return `for a file of keys and certificates: tlslp client --client-cert ${word} --private-key ${word} --ca-cert ${word}`;
  },
  invitationVersion: () => "use the newest tlslp",
  invitationIncomplete: () => "save the whole mail as it came, or ask the organiser for it again",
  invitationWithoutKey: (_, { setting }) =>
    `${setting("privateKey")} names the key of the request that was signed`,
  invitationOfOther: () => ASK_ORGANISER,
  issuedUnknown({ word, path, names }) {
    const guess = nearest(word, names);
    return guess === undefined
      ? `${withFolder("tlslp invite --list", path)} prints the names`
      : `did you mean ${shellWord(guess)}?`;
  },
  issuedAmbiguous({ path, choices: [first] }) {
    const revocation = withFolder(`tlslp revoke ${first?.serial ?? "SERIAL"}`, path);
    return `${revocation} revokes the first; ${withFolder("tlslp invite --list", path)} shows more of each`;
  },
  invitationUseless: ({ problem }) => PROBLEM_HINTS[problem],
};
