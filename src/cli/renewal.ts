/**
 * Commands about the files of `tlslp certs`, for the folder that they are in.
 */
import { basename, dirname } from "node:path";
import type { NamedFile } from "../fault/sentences/files.ts";
import { shellWord } from "./quote.ts";

/** Returns the command that makes a file again, if it may be one of tlslp certs. */
export function renewalOf({ path = "" }: NamedFile): string | undefined {
  const [, end] = /^(server|client)-(?:cert|key)\.pem$/.exec(basename(path)) ?? [];
  if (end === undefined) {
    return undefined;
  }
  return withFolder(`tlslp certs renew ${end}`, dirname(path));
}

/** Returns how to replace an expired certificate of `tlslp certs`. */
export function afterExpiry(file: NamedFile): string {
  const { path = "", purpose } = file;
  if (purpose === "authorities") {
    const command = "tlslp certs --force";
    const inFolder =
      basename(path) === "ca-cert.pem"
        ? withFolder(command, dirname(path))
        : `${command} --dir DIR`;
    return `${inFolder} makes a new authority, and all its certificates again`;
  }
  const end = purpose === "clientCert" ? "client" : "server";
  const renewal = renewalOf(file);
  return renewal === undefined
    ? `tlslp certs renew ${end} --dir DIR makes a new one in DIR, the folder of its authority`
    : `${renewal} makes new ones`;
}

/** The folder that commands use unless `--dir` names another. */
const DEFAULT_FOLDER = "certs";

/** Returns a command with the flag for a folder, unless it is the default. */
export function withFolder(command: string, folder: string): string {
  return withoutSlash(folder) === DEFAULT_FOLDER
    ? command
    : `${command} --dir ${shellWord(folder)}`;
}

/** The names that `tlslp certs` gives to keys and certificates. */
const OUR_FILES = /^(?:ca|server|client)-(?:cert|key)\.pem$/;

/** Returns how to make the certificates, in the folder where one was looked for. */
export function makingOf({ path = "", purpose }: NamedFile): string {
  const ofFile = OUR_FILES.test(basename(path)) ? dirname(path) : DEFAULT_FOLDER;
  const folder = purpose === "certificates" ? path : ofFile;
  const command = withFolder("tlslp certs", folder);
  return `run ${command} to make a set for trying things out, in ${shellWord(`${withoutSlash(folder)}/`)}`;
}

function withoutSlash(folder: string): string {
  return folder.replace(/\/+$/, "");
}
