/**
 * `tlslp certs`
 */

import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { type Credentials, credentialFiles } from "../certificates/credentials.ts";
import { fingerprintOf } from "../certificates/fingerprint.ts";
import { makeCredentials } from "../certificates/make-credentials.ts";
import { switchFlag, textFlag, valueFlag, wholeFlag } from "../cli/flag.ts";
import { jsonLine } from "../cli/output.ts";
import { createCommand } from "../cli/run.ts";
import { makeReceiptKeys } from "../intake/receipts.ts";
import { type NewFile, writeTogether } from "../io/write-together.ts";
import { readCertificateHosts } from "./host.ts";
import type { CertsResult } from "./result-schemas.ts";

/** 100 years: clocks and calendars of some systems fail beyond. */
const MAX_DAYS = 36_500;

export const certsCommand = createCommand({
  meta: {
    name: "certs",
    description: "make a private CA, certificates for server and client, and a receipt key",
  },
  positionals: [],
  flags: {
    dir: textFlag({
      name: "dir",
      placeholder: "FOLDER",
      offers: "folders",
      fallback: "certs",
      help: "the folder for the eight files",
    }),
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
    days: wholeFlag({
      name: "days",
      placeholder: "N",
      fallback: 365,
      least: 1,
      most: MAX_DAYS,
      help: "how many days the certificates are valid",
    }),
    force: switchFlag({ name: "force", help: "replace files that exist" }),
    json: switchFlag({ name: "json", help: "print one JSON object instead of the paths" }),
  },
  examples: [
    { command: "tlslp certs", shows: "for trying things out on this machine" },
    { command: "tlslp certs --hosts intake.example.org --days 90", shows: "for a real server" },
  ],
  async run({ flags: { dir, hosts, days, force, json } }, { print, signal }) {
    const credentials = await makeCredentials(hosts, days);
    signal.throwIfAborted();
    const files = [...credentialFiles(credentials), ...makeReceiptFiles()];
    writeTogether(dir, files, { replace: force });
    const paths = files.map(({ name }) => join(dir, name));
    await print(
      json
        ? jsonLine(toCertsResult(paths, hosts, credentials))
        : paths.map((path) => `${path}\n`).join(""),
    );
  },
});

/** Makes the key that signs receipts, and the one that checks them. */
function makeReceiptFiles(): readonly NewFile[] {
  const { privateKey, publicKey } = makeReceiptKeys();
  return [
    { name: "receipt-key.pem", content: privateKey, mode: 0o600 },
    { name: "receipt-pub.pem", content: publicKey, mode: 0o644 },
  ];
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
