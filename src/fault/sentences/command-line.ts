/**
 * Failures of options and of the command line. A `setting` is the key of an option, or a
 * positional such as `<token>`.
 */
import { protocol, usage, type Voice } from "../define.ts";
import { quoted } from "../printable.ts";

/** Defines the failure of a value: the option's name, the value, and the rule that it breaks. */
export function badValue<Facts = Record<never, never>>(rule: (facts: Facts) => string) {
  return usage<Facts & { setting: string; value: string }>(
    (facts, { setting }) => `${setting(facts.setting)}: ${quoted(facts.value)} ${rule(facts)}`,
  );
}

export const COMMAND_LINE_SENTENCES = {
  notWhole: badValue<{ least: number; most: number }>(
    ({ least, most }) => `is not a whole number from ${least} to ${most}`,
  ),
  notSeconds: badValue<{ zeroAllowed: boolean; most: number }>(
    ({ zeroAllowed, most }) =>
      `is not a number of seconds ${zeroAllowed ? "from 0 to" : "above 0 and at most"} ${most}`,
  ),
  notChance: badValue(() => "is not a number from 0 to 1"),
  notChoice: badValue<{ choices: readonly string[] }>(
    ({ choices }) => `is not one of ${choices.join(", ")}`,
  ),
  notSwitch: badValue(() => "is not 1, true, 0 or false"),
  emptyText: badValue(() => "is empty"),
  notWord: badValue(() => "is not 1 to 128 characters of A-Z a-z 0-9 _ -"),
  notHost: badValue<{ hostInside?: string | undefined }>(
    () => "is neither a host name nor an IP address",
  ),
  notBracketedAddress: badValue(() => "is not an IPv6 address in brackets"),
  wildcardHost: badValue(() => "is no host; 0.0.0.0 and :: mean every address"),
  tooManyHosts: badValue<{ count: number; most: number }>(
    ({ count, most }) => `names ${count} hosts, and ${most} is the most`,
  ),
  notPin: badValue(() => "is not sha256/ and the Base64 of 32 bytes"),
  notEndpoint: badValue(() => "is not HOST:PORT or PORT; an IPv6 address is put in brackets"),
  notShard: badValue(() => "is not of the form I/N"),
  notSize: badValue(() => "is not a size such as 500KB, 50MB or 1GB, nor 0"),
  notStart: badValue(() => "is not from 0 to 2^64 - 1"),
  suffixEmpty: badValue(() => "is empty, expected 1 character or more"),
  suffixBroken: badValue(() => "holds a space or a control character"),
  suffixTooLong: badValue<{ maxBytes: number }>(
    ({ maxBytes }) => `is longer than ${maxBytes} bytes`,
  ),
  notUtf8: usage<{ setting?: string | undefined }>(({ setting: key }, { setting }) =>
    key === undefined
      ? "the command line is not text in UTF-8"
      : `${setting(key)} is not text in UTF-8`,
  ),
  /** `group` is the name of the group in which the command was looked for. */
  unknownCommand: usage<{
    word: string;
    nearest?: string | undefined;
    group?: string | undefined;
  }>(({ word, group }) =>
    group === undefined
      ? `unknown command ${quoted(word)}`
      : `unknown command ${quoted(word)} of ${group}`,
  ),
  unknownFlag: usage<{
    flag: string;
    suggestions: readonly string[];
    /** The words before the flag, such as `tlslp`, where it comes before a command. */
    beforeCommandOf?: string;
  }>(({ flag }) => `unknown flag ${quoted(flag)}`),
  flagTwice: usage<{ setting: string }>(
    ({ setting: key }, { setting }) => `${setting(key)} is given twice`,
  ),
  listedTwice: usage<{ setting: string; value: string }>(
    ({ setting: key, value }, { setting }) => `${setting(key)} has ${quoted(value)} twice`,
  ),
  switchWithValue: usage<{ flag: string }>(({ flag }) => `${flag} is a switch and takes no value`),
  valueMissing: usage<{ flag: string; placeholder: string }>(
    ({ flag, placeholder }) => `${flag} needs a value: ${flag} ${placeholder}`,
  ),
  unexpectedArgument: usage<{ word: string }>(({ word }) => `unexpected argument ${quoted(word)}`),
  argumentMissing: usage<{ name: string; help: string }>(
    ({ name, help }) => `<${name}> is missing: ${help}`,
  ),
  /** Two options exclude each other. */
  exclusive: usage<{ settings: readonly [string, string]; reason?: ExclusionReason }>(
    ({ settings, reason }, { setting }) => {
      const both = `${settings.map(setting).join(" and ")} exclude each other`;
      return reason === undefined ? both : `${both}: ${EXCLUSION_REASONS[reason](setting)}`;
    },
  ),
  /** An option about the certificates of peers has no effect where these do not count. */
  needsCertificates: usage<{ setting: string; without: Anonymity }>(
    ({ setting: key, without }, { setting }) => {
      const name = describeAnonymity(without, setting);
      return `${setting(key)} and ${name} exclude each other: ${name} does without certificates`;
    },
  ),
  /** No authority is trusted, and there is no pin to trust instead. */
  pinMissing: usage((_, { setting }) => `${setting("caCert")} none needs ${setting("pins")}`),
  /** One option has no effect without another. */
  needsOther: usage<{ setting: string; needed: string }>(
    ({ setting: key, needed }, { setting }) => `${setting(key)} needs ${setting(needed)}`,
  ),
  /** An option that has no default is not given. */
  settingMissing: usage<{ setting: string; placeholder?: string }>(
    ({ setting: key, placeholder }, { setting }) =>
      `${setting(key)}${placeholder === undefined ? "" : ` ${placeholder}`} is missing`,
  ),
  /** One option has an effect with some values of another only. */
  needsValue: usage<{ setting: string; needed: string; value: string }>(
    ({ setting: key, needed, value }, { setting }) =>
      `${setting(key)} is for ${setting(needed)} ${value} only`,
  ),
  /** A command that asks before it acts has no terminal to ask on. */
  notConfirmed: usage(
    (_, { setting }) => `there is no terminal to ask for consent, and ${setting("yes")} is missing`,
  ),
  tutorialFixes: usage<{ setting: string; value: string }>(
    ({ setting: key, value }, { setting }) =>
      `${setting("tutorial")} searches with ${value}: leave ${setting(key)} out`,
  ),
  linuxOnly: usage<{ setting: string }>(
    ({ setting: key }, { setting }) =>
      `${setting(key)} is for Linux: elsewhere the port would not be shared`,
  ),
  tooFewZeroBits: protocol<{ found: number; wanted: number }>(
    ({ found, wanted }) => `the digest ends with ${found} zero bits, not ${wanted}`,
  ),
};

const EXCLUSION_REASONS = {
  noDrawing: () => "an object holds no drawing",
  noKey: (setting: Voice["setting"]) => `${setting("csr")} makes no key`,
  noPuzzles: (setting: Voice["setting"]) =>
    `${setting("kernels")} measures every kernel, and solves no puzzles`,
  onlyLoopback: (setting: Voice["setting"]) => `${setting("insecure")} is only for the loopback`,
} as const;
type ExclusionReason = keyof typeof EXCLUSION_REASONS;

/** The option because of which the certificates of peers do not count. */
export type Anonymity = "insecure" | "clients" | "caCert";

function describeAnonymity(anonymity: Anonymity, setting: Voice["setting"]): string {
  switch (anonymity) {
    case "insecure":
      return setting("insecure");
    case "clients":
      return `${setting("clients")} anybody`;
    case "caCert":
      return `${setting("caCert")} none`;
  }
}
