/**
 * The places of tlslp's files on a Unix system, for packages that contain them.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copy, writeText } from "../tree.ts";

export const MAINTAINER = "tlslp maintainers <tlslp@users.noreply.github.com>";

/** Places that differ between families of systems. */
export interface Places {
  /** The folder of zsh's completions. */
  readonly zsh: string;
}

/** Copies the files of an unpacked archive to their places below `root`. */
export function layOut(unpacked: string, root: string, { zsh }: Places): void {
  const share = join(root, "usr/share");
  copy(join(unpacked, "tlslp"), join(root, "usr/bin/tlslp"));
  for (const page of readdirSync(join(unpacked, "man")).sort()) {
    const text = readFileSync(join(unpacked, "man", page));
    writeText(join(share, "man/man1", `${page}.gz`), "");
    writeFileSync(join(share, "man/man1", `${page}.gz`), compress(text));
  }
  const completions = join(unpacked, "completions");
  copy(join(completions, "tlslp.bash"), join(share, "bash-completion/completions/tlslp"));
  copy(join(completions, "tlslp.fish"), join(share, "fish/vendor_completions.d/tlslp.fish"));
  copy(join(completions, "_tlslp"), join(root, zsh, "_tlslp"));
}

/** Returns the text, compressed, without a name or a time. */
export function compress(text: string | Uint8Array<ArrayBuffer>): Uint8Array {
  return Bun.gzipSync(text, { level: 9 });
}

/** Returns a version that dpkg and rpm sort before the final one. */
export function systemVersion(version: string): string {
  return version.replace("-", "~");
}
