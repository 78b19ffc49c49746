/**
 * The manifest for Scoop, on Windows.
 */
import { DESCRIPTION, LICENSE } from "../project.ts";
import { addressOf, fileFor, type Release } from "../release.ts";

const TARGETS = { "64bit": "windows-x64", arm64: "windows-arm64" } as const;

/** Returns the value of bucket/tlslp.json. */
export function scoopManifest(release: Release) {
  return {
    version: release.version,
    description: DESCRIPTION,
    homepage: release.repository,
    license: LICENSE,
    architecture: mapTargets((target) => {
      const file = fileFor(release, target);
      return {
        url: addressOf(release, file),
        hash: file.sha256,
        extract_dir: `tlslp-${release.version}-${target}`,
      };
    }),
    bin: "tlslp.exe",
    checkver: "github",
    autoupdate: {
      architecture: mapTargets((target) => ({
        url: `${release.repository}/releases/download/v$version/tlslp-$version-${target}.zip`,
        extract_dir: `tlslp-$version-${target}`,
      })),
      hash: { url: "$baseurl/SHA256SUMS" },
    },
  };
}

function mapTargets<T>(describe: (target: string) => T) {
  return Object.fromEntries(
    Object.entries(TARGETS).map(([key, target]) => [key, describe(target)]),
  );
}
