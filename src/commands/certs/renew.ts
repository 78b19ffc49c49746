/**
 * `tlslp certs renew <end>`
 */
import { X509Certificate } from "node:crypto";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Authority, readAuthority } from "../../certificates/authority.ts";
import { readFirst } from "../../certificates/certificate-file.ts";
import { type Credential, filesOf } from "../../certificates/credentials.ts";
import { fingerprintOf } from "../../certificates/fingerprint.ts";
import { issueClient, issueServer, outlives } from "../../certificates/issue.ts";
import { CLIENT_NAME } from "../../certificates/make-credentials.ts";
import { alternativeNamesOf } from "../../certificates/names.ts";
import { findCommonName } from "../../certificates/subject.ts";
import { readChoice, switchFlag, valueFlag } from "../../cli/flag.ts";
import { jsonLine } from "../../cli/output.ts";
import { createCommand } from "../../cli/run.ts";
import { Fault } from "../../fault/fault.ts";
import type { End } from "../../fault/sentences/certificates.ts";
import type { InputFile } from "../../io/input.ts";
import { createPasswords } from "../../io/password.ts";
import { type NewFile, writeTogether } from "../../io/write-together.ts";
import { readCertificateHosts } from "../host.ts";
import type { RenewResult } from "../result-schemas.ts";
import { daysFlag, dirFlag, warnOfClamp, warnOfInvitations } from "./flags.ts";

const ENDS = ["server", "client"] as const;

export const renewCommand = createCommand({
  meta: {
    name: "certs renew",
    description: "make a new key and certificate for the server or the client",
  },
  positionals: [
    {
      name: "end",
      help: "server or client, the one that gets a new key and certificate",
      offers: ENDS,
      read: (text, setting) => readChoice(text, setting, ENDS),
    },
  ],
  flags: {
    dir: dirFlag("the folder with ca-cert.pem, ca-key.pem and the two files to replace"),
    hosts: valueFlag(
      {
        name: "hosts",
        placeholder: "LIST",
        fallback: undefined,
        shownDefault: "the same as before",
        help: "the names and addresses that clients will use for the server",
      },
      readCertificateHosts,
    ),
    days: daysFlag(
      "how many days the certificate is valid; it ends with its authority at the latest",
    ),
    json: switchFlag({ name: "json", help: "print one JSON object instead of the paths" }),
  },
  examples: [
    { command: "tlslp certs renew server", shows: "with the names that it has" },
    {
      command: "tlslp certs renew server --hosts intake.example.org,192.0.2.7",
      shows: "with other names",
    },
    { command: "tlslp certs renew client --days 30", shows: "with the name that it has" },
  ],
  async run({ flags, positionals: [end] }, { print, signal, openLog }) {
    const { dir, hosts, days, json } = flags;
    if (hosts !== undefined && end === "client") {
      throw new Fault("needsValue", { setting: "hosts", needed: "<end>", value: "server" });
    }
    const { ask } = createPasswords(process.env, signal);
    const authority = await readAuthority(dir, ask);
    const credential = await issueAgain(authority, end, { dir, hosts, days });
    signal.throwIfAborted();
    const files = filesOf(end, credential).map((file) => withOldAccess(dir, file));
    const log = await openLog();
    if (outlives(authority, days)) {
      warnOfClamp(log, credential.cert);
    }
    const paths = files.map(({ name }) => join(dir, name));
    if (paths.some(holdsEncryptedKey)) {
      log.warn("the old key was encrypted, and the new one is not", { path: paths[1] });
    }
    writeTogether(dir, files, { replace: true });
    if (end === "server") {
      warnOfInvitations(log, dir, "invitations hold the old key of the server: make them again");
    }
    await print(
      json ? jsonLine(toRenewResult(paths, credential)) : paths.map((path) => `${path}\n`).join(""),
    );
  },
});

interface Wanted {
  readonly dir: string;
  /** Default: those of the certificate that is there. */
  readonly hosts: readonly string[] | undefined;
  readonly days: number;
}

/** Makes a key and a certificate with the names of the old one, which may have expired. */
async function issueAgain(
  authority: Authority,
  end: End,
  { dir, hosts, days }: Wanted,
): Promise<Credential> {
  const path = join(dir, `${end}-cert.pem`);
  if (end === "server") {
    return issueServer(authority, { hosts: hosts ?? readNames(path), days });
  }
  const name = findCommonName(readFirst({ path, purpose: "clientCert" })) ?? CLIENT_NAME;
  return issueClient(authority, { name, days });
}

/** Returns the certificate whose alternative names are kept. */
function readNames(path: string): X509Certificate {
  const file: InputFile = { path, purpose: "serverCert" };
  const certificate = readFirst(file);
  const { hosts, addressesAsDns } = alternativeNamesOf(certificate);
  if (hosts.length + addressesAsDns.length === 0) {
    throw new Fault("noHostNames", { file });
  }
  return certificate;
}

/** Lets the users read a new file that could read the old one, except where that is unsafe. */
function withOldAccess(dir: string, file: NewFile): NewFile {
  const old = lstatSync(join(dir, file.name), { throwIfNoEntry: false });
  if (!old?.isFile() || process.platform === "win32") {
    return file;
  }
  const allowed = file.mode | 0o040;
  return { ...file, mode: (old.mode & allowed) | 0o600, owner: { uid: old.uid, gid: old.gid } };
}

function holdsEncryptedKey(path: string): boolean {
  try {
    return lstatSync(path).isFile() && readFileSync(path).includes("ENCRYPTED");
  } catch {
    return false;
  }
}

function toRenewResult(files: readonly string[], { cert }: Credential): RenewResult {
  const certificate = new X509Certificate(cert);
  return {
    files: [...files],
    hosts: [...alternativeNamesOf(certificate).hosts],
    expires: new Date(certificate.validTo).toISOString(),
    pin: fingerprintOf(certificate),
  };
}
