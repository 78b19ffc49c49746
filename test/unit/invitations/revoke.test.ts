/**
 * The list and the journal of revocations, which agree whatever happened to either.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeAuthority } from "../../../src/certificates/authority.ts";
import {
  makeRevocationList,
  NO_LIST,
  readExistingList,
  serialsOf,
} from "../../../src/certificates/make-revocation-list.ts";
import { appendIssued, readIssued } from "../../../src/invitations/issued.ts";
import { publishRevocations, type RevokeOptions } from "../../../src/invitations/revoke.ts";
import { rejectionOf } from "../../support/faults.ts";
import { type Folder, makeFolder } from "../../support/processes.ts";

setDefaultTimeout(120_000);

const authority = await makeAuthority();
const NOW = new Date();

interface Place extends Folder {
  readonly options: RevokeOptions;
  readonly list: string;
}

function makePlace(): Place {
  const folder = makeFolder();
  const options = { dir: folder.path, authority, days: 30 };
  return { ...folder, options, list: join(folder.path, "crl.pem") };
}

function invite(dir: string, serial: string): void {
  const fingerprint = `sha256/${"A".repeat(43)}=`;
  const dates = { from: NOW.toISOString(), until: NOW.toISOString() };
  appendIssued(dir, [{ serial, name: "Alice", email: null, fingerprint, ...dates }]);
}

test("a revocation is on the list and in the journal, and everybody can read the list", async () => {
  using place = makePlace();
  invite(place.path, "40aa");

  const { path, serials } = await publishRevocations(["40aa"], place.options);

  expect(path).toBe(place.list);
  expect([...serials]).toEqual(["40aa"]);
  expect(readIssued(place.path).records[0]?.revoked).not.toBeNull();
  expect(statSync(place.list).mode & 0o777).toBe(0o644);
});

test("a revocation that another program notes meanwhile is on the list too", async () => {
  using place = makePlace();
  const slow = {
    ...authority,
    /** While the first list is made, the other program takes its turn. */
    get certificate() {
      const { revocations } = readIssued(place.path);
      if (revocations.has("40aa") && !revocations.has("40bb")) {
        appendIssued(place.path, [{ serial: "40bb", revoked: NOW.toISOString() }]);
      }
      return authority.certificate;
    },
  };

  await publishRevocations(["40aa"], { ...place.options, authority: slow });

  const file = { purpose: "revocations", path: place.list } as const;
  const existing = await readExistingList(readFileSync(place.list), file, authority);
  expect([...serialsOf(existing)]).toEqual(["40aa", "40bb"]);
});

test("a list that was lost is made again from the journal", async () => {
  using place = makePlace();
  await publishRevocations(["40aa", "00ff"], place.options);
  rmSync(place.list);

  const { serials } = await publishRevocations([], place.options);

  expect([...serials]).toEqual(["40aa", "ff"]);
});

test("a certificate that another program revoked stays on the list, and is noted", async () => {
  using place = makePlace();
  invite(place.path, "40aa");
  const revoked = new Map([["40aa", NOW]]);
  const options = { existing: NO_LIST, revoked, days: 30, now: NOW };
  writeFileSync(place.list, (await makeRevocationList(authority, options)).pem);

  const { serials } = await publishRevocations(["40bb"], place.options);

  expect([...serials]).toEqual(["40aa", "40bb"]);
  expect(readIssued(place.path).records[0]?.revoked).not.toBeNull();
});

test("a second revocation changes nothing in the journal", async () => {
  using place = makePlace();
  await publishRevocations(["40aa"], place.options);
  const journal = readFileSync(join(place.path, "issued.jsonl"), "utf8");

  await publishRevocations(["40aa"], place.options);

  expect(readFileSync(join(place.path, "issued.jsonl"), "utf8")).toBe(journal);
});

test("a list that cannot be used is left alone, and the journal too", async () => {
  using place = makePlace();
  writeFileSync(place.list, "nonsense");

  const fault = await rejectionOf(publishRevocations(["40aa"], place.options));

  expect(fault.family).toBe("usage");
  expect(readFileSync(place.list, "utf8")).toBe("nonsense");
  expect(readIssued(place.path).revocations.size).toBe(0);
});
