/**
 * `tlslp certs show [file]...`
 */
import { readdirSync } from "node:fs";
import { extname, join } from "node:path";
import {
  readShown,
  type ShownCertificate,
  type ShownFile,
} from "../../certificates/shown-certificate.ts";
import { readText, switchFlag } from "../../cli/flag.ts";
import { jsonLine } from "../../cli/output.ts";
import { createCommand } from "../../cli/run.ts";
import { errorCode, Fault, isFault } from "../../fault/fault.ts";
import { type InputFile, readPipesAhead } from "../../io/input.ts";
import { createPasswords } from "../../io/password.ts";
import { reasonOf } from "../../log/reason.ts";
import { DAY_MILLISECONDS } from "../../seconds.ts";
import type { ShowCertificatesResult } from "../result-schemas.ts";
import { dirFlag } from "./flags.ts";

/** The endings of files that may hold certificates. */
const ENDINGS = [".pem", ".crt", ".cer", ".der", ".p12", ".pfx", ".tlslp"];

export const showCommand = createCommand({
  meta: {
    name: "certs show",
    description: "show names, dates and public keys of certificates",
  },
  positionals: [
    {
      name: "file",
      help: "PEM, DER or PKCS #12; default: all files of --dir with certificates",
      offers: "files",
      repeatable: true,
      optional: true,
      read: readText,
    },
  ],
  flags: {
    dir: dirFlag("the folder whose certificates are shown where no file is named"),
    json: switchFlag({ name: "json", help: "print one JSON object instead" }),
  },
  examples: [
    { command: "tlslp certs show", shows: "all of certs/" },
    { command: "tlslp certs show fullchain.pem client.p12", shows: "these files" },
  ],
  async run({ flags: { dir, json }, positionals: [named] }, { print, signal, openLog }) {
    const { ask } = createPasswords(process.env, signal);
    const read: Read = async (path) => readShown({ path, purpose: "cert" }, ask);
    await readPipesAhead(named, signal);
    const files = named.length > 0 ? await readAll(named, read) : await tryAll(dir, read);
    signal.throwIfAborted();
    const log = await openLog();
    for (const fault of files.flatMap(({ damaged }) => damaged)) {
      log.warn("a certificate is not shown", { reason: reasonOf(fault, log) });
    }
    const shown = files.flatMap(({ certificates }) => certificates);
    const now = new Date();
    await print(
      json
        ? jsonLine(toShowResult(shown, now))
        : shown.map((certificate) => describe(certificate, now)).join("\n"),
    );
  },
});

type Read = (path: string) => Promise<ShownFile>;

/** Reads files in turn: each may ask for a password. Throws where one cannot be read. */
async function readAll(paths: readonly string[], read: Read): Promise<readonly ShownFile[]> {
  const files: ShownFile[] = [];
  for (const path of paths) {
    files.push(await read(path));
  }
  return files;
}

/** Reads the files of a folder, without those that hold no certificate. Throws if all are. */
async function tryAll(folder: string, read: Read): Promise<readonly ShownFile[]> {
  const files: ShownFile[] = [];
  for (const name of namesIn(folder)) {
    try {
      files.push(await read(join(folder, name)));
    } catch (thrown) {
      if (!(thrown instanceof Fault)) {
        throw thrown;
      }
      if (!isFault(thrown, "noCertificate")) {
        files.push({ certificates: [], damaged: [thrown] });
      }
    }
  }
  if (files.every(({ certificates }) => certificates.length === 0)) {
    const [reason] = files.flatMap(({ damaged }) => damaged);
    throw reason ?? new Fault("noCertificate", { file: { path: folder, purpose: "certificates" } });
  }
  return files;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => ENDINGS.includes(extname(name).toLowerCase()))
      .sort();
  } catch (cause) {
    const file: InputFile = { path: folder, purpose: "certificates" };
    throw new Fault("fileUnreadable", { file, code: errorCode(cause) }, { cause });
  }
}

function daysLeft({ notAfter }: ShownCertificate, now: Date): number | undefined {
  return notAfter && Math.floor((notAfter.getTime() - now.getTime()) / DAY_MILLISECONDS);
}

/** Returns the lines of one certificate. */
function describe(certificate: ShownCertificate, now: Date): string {
  const { file, subject, names, notBefore, notAfter, fingerprint } = certificate;
  const rows = [
    ["file", file],
    ["subject", subject],
    ["names", names.join(", ") || "none"],
    ["not before", notBefore?.toISOString() ?? "unknown"],
    ["not after", `${notAfter?.toISOString() ?? "unknown"}${remark(certificate, now)}`],
    ["public key", fingerprint ?? "of an unknown kind"],
  ] as const;
  return rows.map(([name, value]) => `${name.padEnd(10)}  ${value}\n`).join("");
}

/** Returns how many days a certificate is still valid, in brackets. */
function remark(certificate: ShownCertificate, now: Date): string {
  const days = daysLeft(certificate, now);
  if (days === undefined) {
    return "";
  }
  if (days < 0) {
    return " (expired)";
  }
  return days === 1 ? " (1 day left)" : ` (${days} days left)`;
}

function toShowResult(shown: readonly ShownCertificate[], now: Date): ShowCertificatesResult {
  return {
    certificates: shown.map((certificate) => ({
      file: certificate.file,
      subject: certificate.subject,
      names: [...certificate.names],
      not_before: certificate.notBefore?.toISOString() ?? null,
      not_after: certificate.notAfter?.toISOString() ?? null,
      days_left: daysLeft(certificate, now) ?? null,
      public_key: certificate.fingerprint ?? null,
    })),
  };
}
