/**
 * `tlslp revoke`
 */
import { readText, switchFlag, wholeFlag } from "../cli/flag.ts";
import { jsonLine, printNote } from "../cli/output.ts";
import { createCommand } from "../cli/run.ts";
import { printable } from "../fault/printable.ts";
import type { Found } from "../invitations/find-issued.ts";
import { createPasswords } from "../io/password.ts";
import { dirFlag, LIST_DAYS, MAX_DAYS } from "./certs/flags.ts";
import type { RevokeResult } from "./result-schemas.ts";

/** Returns what happened to a certificate. */
function describe({ serial, name, revoked }: Found): string {
  if (name === null) {
    return `revoked ${serial}, of which nothing is known here`;
  }
  return revoked === null
    ? `revoked ${serial} of ${printable(name)}`
    : `${serial} of ${printable(name)} was revoked already`;
}

export const revokeCommand = createCommand({
  meta: {
    name: "revoke",
    description: "revoke certificates of people, and make the authority's list crl.pem again",
  },
  positionals: [
    {
      name: "certificate",
      help: "a person's name, or the fingerprint or serial number of a certificate; none: only renew the list",
      repeatable: true,
      optional: true,
      read: readText,
    },
  ],
  flags: {
    dir: dirFlag("the folder of the authority, its journal and its list"),
    days: wholeFlag({
      name: "days",
      placeholder: "N",
      fallback: LIST_DAYS,
      least: 1,
      most: MAX_DAYS,
      help: "how many days the list is valid",
    }),
    json: switchFlag({ name: "json", help: "print one JSON object instead of the path" }),
  },
  examples: [
    { command: 'tlslp revoke "Zoë Müller"', shows: "the server refuses this person from now on" },
    { command: "tlslp revoke", shows: "a list that is valid for another 30 days" },
  ],
  async run({ flags: { dir, days, json }, positionals: [words] }, { print, signal }) {
    const { readAuthority } = await import("../certificates/authority.ts");
    const { findIssued, listFindables } = await import("../invitations/find-issued.ts");
    const { readIssued } = await import("../invitations/issued.ts");
    const { publishRevocations } = await import("../invitations/revoke.ts");
    const authority = await readAuthority(dir, createPasswords(process.env, signal).ask);
    const issued = readIssued(dir);
    const findables = listFindables(dir, authority, issued);
    const at = { path: dir, now: new Date() };
    const found = words.flatMap((word) => findIssued(word, findables, at));
    signal.throwIfAborted();
    const serials = [...new Set(found.map(({ serial }) => serial))];
    const list = await publishRevocations(serials, { dir, authority, days });
    for (const each of found) {
      printNote(`tlslp: ${describe(each)}\n`);
    }
    const result: RevokeResult = {
      crl: list.path,
      next_update: list.nextUpdate.toISOString(),
      revoked: serials,
      entries: list.serials.size,
    };
    await print(json ? jsonLine(result) : `${list.path}\n`);
  },
});
