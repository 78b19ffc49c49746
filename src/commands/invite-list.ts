/**
 * `tlslp invite --list`
 */
import { existsSync } from "node:fs";
import type { Context } from "../cli/command.ts";
import { switchFlag } from "../cli/flag.ts";
import { jsonLine, printNote } from "../cli/output.ts";
import { terminalColumns } from "../cli/terminal.ts";
import { Fault } from "../fault/fault.ts";
import { printable } from "../fault/printable.ts";
import { type IssuedRecord, readIssued } from "../invitations/issued.ts";
import { textsTable } from "../table.ts";
import type { InvitationsResult } from "./result-schemas.ts";

const GROUP = "List";

export const LIST_FLAGS = {
  list: switchFlag({
    name: "list",
    group: GROUP,
    help: "list the people who were invited, and invite no one",
  }),
  json: switchFlag({ name: "json", group: GROUP, help: "print the list as one JSON object" }),
} as const;

const HEADER = ["name", "until", "revoked", "fingerprint", "serial"];
/** The columns that give way on a narrow terminal; the others are needed whole, to be pasted. */
const FLEXIBLE = [0, 3];

/** Prints all certificates of the journal in an authority's folder, in the order of issue. */
export async function printInvitations(
  { dir, json }: { readonly dir: string; readonly json: boolean },
  { print, openLog }: Context,
): Promise<void> {
  const { path, records, cutLines } = readIssued(dir);
  if (!existsSync(dir)) {
    throw new Fault("fileUnreadable", { file: { purpose: "issued", path }, code: "ENOENT" });
  }
  const log = await openLog();
  for (const line of cutLines) {
    log.warn("a line of the journal was cut short, and does not count", { path, line });
  }
  if (json) {
    await print(jsonLine(toInvitationsResult(records)));
    return;
  }
  const columns = await terminalColumns();
  if (columns === undefined) {
    const rows = [HEADER, ...records.map((record) => cellsOf(record))];
    await print(rows.map((row) => `${row.join("\t")}\n`).join(""));
  } else if (records.length === 0) {
    printNote(`there are no certificates in ${path}\n`);
  } else {
    const rows = records.map((record) => cellsOf(record, DATE_LENGTH));
    await print(textsTable([HEADER, ...rows], columns, FLEXIBLE));
  }
}

/** The length of a date such as 2027-01-31: terminals have no room for the time. */
const DATE_LENGTH = 10;

function cellsOf(
  { name, until, revoked, fingerprint, serial }: IssuedRecord,
  timeLength?: number,
): readonly string[] {
  const times = [until, revoked ?? ""].map((time) => time.slice(0, timeLength));
  return [printable(name), ...times, fingerprint, serial];
}

function toInvitationsResult(records: readonly IssuedRecord[]): InvitationsResult {
  return {
    certificates: records.map(({ name, email, from, until, revoked, fingerprint, serial }) => ({
      name,
      email,
      from,
      until,
      revoked,
      fingerprint,
      serial,
    })),
  };
}
