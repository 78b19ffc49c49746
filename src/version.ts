/**
 * The output of `--version`, and the addresses of this version's pages.
 */
import { repository, version } from "../package.json" with { type: "json" };

/** Put in by the build; absent when run from source. */
declare const TLSLP_COMMIT: string | undefined;

export function versionLine(): string {
  const commit = typeof TLSLP_COMMIT === "undefined" ? "source" : TLSLP_COMMIT;
  return `tlslp ${version} (${commit}, ${process.platform}-${process.arch}, bun ${Bun.version})\n`;
}

/** Returns the web address of a page of the repository, such as docs/protocol.md. */
export function addressOf(page: string): string {
  const home = repository.url.replace(/^git\+/, "").replace(/\.git$/, "");
  return `${home}/blob/v${version}/${page}`;
}
