/**
 * Failures of invitations, and of the journal of the certificates that were issued.
 */
import { transport, usage } from "../define.ts";
import { quoted } from "../printable.ts";
import { type NamedFile, nameOf } from "./files.ts";

/** A certificate of several that a name means. */
export interface CertificateChoice {
  readonly serial: string;
  readonly until: string;
}

/** The most certificates that an error lists. */
const MAX_CHOICES = 10;

function listChoices(choices: readonly CertificateChoice[]): string {
  const shown = choices
    .slice(0, MAX_CHOICES)
    .map(({ serial, until }) => `${serial} until ${until}`)
    .join(", ");
  const rest = choices.length - MAX_CHOICES;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

export const INVITATION_SENTENCES = {
  notPersonName: usage<{ setting: string; value: string; maxLength: number }>(
    ({ setting: key, value, maxLength }, { setting }) =>
      `${setting(key)}: ${quoted(value)} is not printable text of 1 to ${maxLength} characters`,
  ),
  requestOfOne: usage<{ count: number }>(
    ({ count }, { setting }) => `${setting("csr")} is for one person, and ${count} names are given`,
  ),
  journalInvalid: usage<{ file: NamedFile; line: number; problem: string }>(
    ({ file, line, problem }) => `${nameOf(file)} is wrong at line ${line}: ${problem}`,
  ),
  /** `path` is the folder; `names` are those that are known, for a hint. */
  issuedUnknown: usage<{ word: string; path: string; names: readonly string[] }>(
    ({ word, path }) =>
      `${quoted(word)} is no name, fingerprint or serial number of a certificate in ${path}`,
  ),
  issuedAmbiguous: usage<{ name: string; path: string; choices: readonly CertificateChoice[] }>(
    ({ name, choices }) =>
      `${quoted(name)} is the name of ${choices.length} certificates: ${listChoices(choices)}`,
  ),
  peopleInvalid: usage<{ file: NamedFile; line: number; problem: string }>(
    ({ file, line, problem }) => `${nameOf(file)}, line ${line}: ${problem}`,
  ),
  noRequest: usage<{ file: NamedFile }>(
    ({ file }) => `${nameOf(file)} holds no PEM certificate request`,
  ),
  severalRequests: usage<{ file: NamedFile }>(
    ({ file }) => `${nameOf(file)} holds several requests, and one is signed at a time`,
  ),
  requestForged: usage<{ file: NamedFile }>(
    ({ file }) => `${nameOf(file)} was not signed by the key that it is for`,
  ),
  notInvitation: usage<{ file: NamedFile }>(
    ({ file }) => `${nameOf(file)} has no line "tlslp-invitation: 1"`,
  ),
  invitationVersion: usage<{ file: NamedFile; version: string; known: string }>(
    ({ file, version, known }) =>
      `${nameOf(file)} has version ${quoted(version)}, and this program reads version ${known}`,
  ),
  /** `missing` is the part that is missing, such as "the certificate". */
  invitationIncomplete: usage<{ file: NamedFile; missing: string }>(
    ({ file, missing }) => `${nameOf(file)} lacks ${missing}`,
  ),
  invitationWithoutKey: usage<{ file: NamedFile }>(
    ({ file }) => `${nameOf(file)} holds no private key`,
  ),
  invitationSeveral: usage<{ file: NamedFile; what: string }>(
    ({ file, what }) => `${nameOf(file)} holds several ${what}, and exactly one is allowed`,
  ),
  invitationValue: usage<{ file: NamedFile; key: string; value: string }>(
    ({ file, key, value }) =>
      `${nameOf(file)}: the line "${key}: …" ${value === "" ? "is empty" : `holds ${quoted(value)}, with characters that do not print`}`,
  ),
  /** `name` is that of the line, `certified` that of the certificate. */
  invitationOfOther: usage<{ file: NamedFile; name: string; certified: string }>(
    ({ file, name, certified }) =>
      `${nameOf(file)} is for ${quoted(name)}, and its certificate is of ${quoted(certified)}`,
  ),
  /** The server, or the client, does not accept the other with this invitation. */
  invitationUseless: transport<{ file: NamedFile; problem: InvitationProblem }>(
    ({ file, problem }) => PROBLEMS[problem](nameOf(file)),
  ),
};

const PROBLEMS = {
  serverKeyChanged: (invitation: string) =>
    `the server's key is not the one in ${invitation}: it has changed, or this is another server`,
  otherAuthority: (invitation: string) =>
    `the server's certificate was not signed by the authority in ${invitation}`,
  otherHost: (invitation: string) =>
    `the server's certificate is not for the host in ${invitation}`,
  otherServer: (invitation: string) =>
    `${invitation} is not valid for this server, which does not know its authority`,
  expired: (invitation: string) => `the server says that ${invitation} has expired`,
  revoked: (invitation: string) => `${invitation} was revoked`,
  silence: (invitation: string) =>
    `the server closed the connection and said nothing: ${invitation} may not be valid for this server`,
  rejected: (invitation: string) => `the server does not accept ${invitation}`,
} as const;
export type InvitationProblem = keyof typeof PROBLEMS;
