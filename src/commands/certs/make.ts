/**
 * `tlslp certs`
 */

import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { AUTHORITY_DAYS, openAuthority } from "../../certificates/authority.ts";
import { type Credentials, credentialFiles } from "../../certificates/credentials.ts";
import { fingerprintOf } from "../../certificates/fingerprint.ts";
import { makeCredentials } from "../../certificates/make-credentials.ts";
import { switchFlag, valueFlag, wholeFlag } from "../../cli/flag.ts";
import { jsonLine } from "../../cli/output.ts";
import { createCommand } from "../../cli/run.ts";
import { makeReceiptKeys } from "../../intake/receipts.ts";
import { type NewFile, writeTogether } from "../../io/write-together.ts";
import { readCertificateHosts } from "../host.ts";
import type { CertsResult } from "../result-schemas.ts";
import { daysFlag, dirFlag, LIST_DAYS, MAX_DAYS, warnOfClamp, warnOfInvitations } from "./flags.ts";

export const makeCommand = createCommand({
  meta: {
    name: "certs",
    description: "make a private CA, certificates for server and client, and a receipt key",
  },
  positionals: [],
  flags: {
    dir: dirFlag("the folder for the eight files"),
    hosts: valueFlag(
      {
        name: "hosts",
        placeholder: "LIST",
        fallback: ["localhost", "127.0.0.1", "::1"],
        shownDefault: "localhost,127.0.0.1,::1",
        help: "the names and addresses that clients will use for the server",
      },
      readCertificateHosts,
    ),
    days: daysFlag("how many days server and client are valid"),
    caDays: wholeFlag({
      name: "ca-days",
      placeholder: "N",
      fallback: undefined,
      shownDefault: `${AUTHORITY_DAYS}, or --days if that is more`,
      least: 1,
      most: MAX_DAYS,
      help: "how many days the authority is valid; the others end with it at the latest",
    }),
    force: switchFlag({
      name: "force",
      help: "replace files that exist, except a receipt key",
    }),
    json: switchFlag({ name: "json", help: "print one JSON object instead of the paths" }),
  },
  examples: [
    { command: "tlslp certs", shows: "for trying things out on this machine" },
    { command: "tlslp certs --hosts intake.example.org --days 90", shows: "for a real server" },
    { command: "tlslp certs renew server", shows: "a new key and certificate for the server" },
    { command: "tlslp certs show", shows: "all certificates in certs, with their dates" },
  ],
  async run({ flags }, { print, signal, openLog }) {
    const { dir, hosts, days, caDays, force, json } = flags;
    const credentials = await makeCredentials(hosts, days, { authorityDays: caDays });
    signal.throwIfAborted();
    if (caDays !== undefined && caDays < days) {
      warnOfClamp(await openLog(), credentials.server.cert);
    }
    const isOld = (name: string) => force && existsSync(join(dir, name));
    const certificates = credentialFiles(credentials);
    // A receipt key belongs to no authority and does not expire, and receipts need it.
    const receipts = RECEIPT_FILES.every(isOld) ? [] : makeReceiptFiles();
    const lists = isOld(LIST) ? [await makeList(credentials)] : [];
    writeTogether(dir, [...certificates, ...receipts, ...lists], { replace: force });
    if (force) {
      const why = "invitations are of the old authority: make them again";
      warnOfInvitations(await openLog(), dir, why);
    }
    const names = [...certificates, ...lists].map(({ name }) => name);
    const paths = [...names, ...RECEIPT_FILES].map((name) => join(dir, name));
    await print(
      json
        ? jsonLine(toCertsResult(paths, hosts, credentials))
        : paths.map((path) => `${path}\n`).join(""),
    );
  },
});

const RECEIPT_FILES = ["receipt-key.pem", "receipt-pub.pem"] as const;

/** Makes the key that signs receipts, and the one that checks them. */
function makeReceiptFiles(): readonly NewFile[] {
  const { privateKey, publicKey } = makeReceiptKeys();
  const [key, pub] = RECEIPT_FILES;
  return [
    { name: key, content: privateKey, mode: 0o600 },
    { name: pub, content: publicKey, mode: 0o644 },
  ];
}

const LIST = "crl.pem";

/** Makes the empty list of a new authority, for servers that read the list of the old one. */
async function makeList({ ca }: Credentials): Promise<NewFile> {
  const { makeRevocationList, NO_LIST } = await import(
    "../../certificates/make-revocation-list.ts"
  );
  const authority = await openAuthority({ certificate: ca.cert, key: ca.key });
  const { pem } = await makeRevocationList(authority, {
    existing: NO_LIST,
    revoked: new Map(),
    days: LIST_DAYS,
    now: new Date(),
  });
  return { name: LIST, content: pem, mode: 0o644 };
}

function toCertsResult(
  paths: readonly string[],
  hosts: readonly string[],
  { server, client }: Credentials,
): CertsResult {
  const serverCert = new X509Certificate(server.cert);
  const clientCert = new X509Certificate(client.cert);
  return {
    files: [...paths],
    hosts: [...hosts],
    expires: new Date(serverCert.validTo).toISOString(),
    server_pin: fingerprintOf(serverCert),
    client_pin: fingerprintOf(clientCert),
  };
}
