/**
 * `tlslp certs`
 */

import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { type Credentials, writeCredentials } from "../certificates/credentials.ts";
import { fingerprintOf } from "../certificates/fingerprint.ts";
import { makeCredentials } from "../certificates/make-credentials.ts";
import { defineCommand } from "../cli/command.ts";
import { refuse, switchFlag, textFlag, valueFlag, wholeFlag } from "../cli/flag.ts";
import { canonicalIpv6 } from "../ip-address.ts";
import { labelsOf } from "./host.ts";
import { jsonLine } from "./json.ts";
import type { CertsResult } from "./result-schemas.ts";

/** Beyond this, clocks and calendars of some systems fail; 100 years, in days. */
const MAX_DAYS = 36_500;

export const certsCommand = defineCommand({
  name: "certs",
  summary: "make a private CA, a server certificate and a client certificate",
  positionals: [],
  flags: {
    dir: textFlag({
      name: "dir",
      placeholder: "FOLDER",
      offers: "folders",
      fallback: "certs",
      help: "where the six files go",
    }),
    hosts: valueFlag(
      {
        name: "hosts",
        placeholder: "LIST",
        fallback: ["localhost", "127.0.0.1", "::1"],
        shownDefault: "localhost,127.0.0.1,::1",
        help: "the names and addresses that clients will use for the server",
      },
      readHosts,
    ),
    days: wholeFlag({
      name: "days",
      placeholder: "N",
      fallback: 365,
      least: 1,
      most: MAX_DAYS,
      help: "how long they are valid",
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
    const paths = writeCredentials(dir, credentials, { replace: force });
    await print(
      json
        ? jsonLine(toJson(paths, hosts, credentials))
        : paths.map((path) => `${path}\n`).join(""),
    );
  },
});

function toJson(
  paths: readonly string[],
  hosts: readonly string[],
  { server, client }: Credentials,
): CertsResult {
  const [ours, theirs] = [new X509Certificate(server.cert), new X509Certificate(client.cert)];
  return {
    files: [...paths],
    hosts: [...hosts],
    expires: new Date(ours.validTo).toISOString(),
    server_pin: fingerprintOf(ours),
    client_pin: fingerprintOf(theirs),
  };
}

/** Every handshake carries them, and TLS stacks refuse certificates that are very long. */
const MAX_HOSTS = 100;

function readHosts(text: string): readonly string[] {
  const hosts = new Set(text.split(",").map(readHost));
  return hosts.size <= MAX_HOSTS
    ? Array.from(hosts)
    : refuse(text, `names ${hosts.size} hosts, and ${MAX_HOSTS} is the most`);
}

/** A name may begin with `*.`, for every host of a domain. */
function readHost(host: string): string {
  if (isIP(host) !== 0 && !host.includes("%")) {
    // The certificate library misreads `::1.2.3.4`.
    return isIP(host) === 6 ? canonicalIpv6(host) : host;
  }
  const [, wildcard = "", rest = ""] = /^(\*\.)?(.*)$/s.exec(host) ?? [];
  const name = labelsOf(rest)?.join(".") ?? "";
  // What stands for an address in a URL must not become a certificate for another than was meant.
  return name !== "" && isIP(name) === 0
    ? wildcard + name
    : refuse(host, "is neither a host name nor an IP address");
}
