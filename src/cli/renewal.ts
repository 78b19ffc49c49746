/**
 * The command that makes the files of one end again.
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
  const folder = dirname(path);
  return `tlslp certs renew ${end}${folder === "certs" ? "" : ` --dir ${shellWord(folder)}`}`;
}
