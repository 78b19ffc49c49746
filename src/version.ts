/**
 * The output of `--version`.
 */
import { version } from "../package.json" with { type: "json" };

/** Put in by the build; absent when run from source. */
declare const TLSLP_COMMIT: string | undefined;

export function versionLine(): string {
  const commit = typeof TLSLP_COMMIT === "undefined" ? "source" : TLSLP_COMMIT;
  return `tlslp ${version} (${commit}, ${process.platform}-${process.arch}, bun ${Bun.version})\n`;
}
