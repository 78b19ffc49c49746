/**
 * The manifests for winget, on Windows. YAML is a superset of JSON, and every value here is a
 * string in quotes, so that none is taken for a number or a date.
 */
import { DESCRIPTION, LICENSE } from "../project.ts";
import { addressOf, fileFor, type Release } from "../release.ts";

const IDENTIFIER = "tlslp.tlslp";
const SCHEMA_VERSION = "1.6.0";
const LOCALE = "en-US";
const TARGETS = { x64: "windows-x64", arm64: "windows-arm64" } as const;

/** Returns the texts of the three files in manifests/t/tlslp/tlslp/<version>, by their names. */
export function wingetManifests(release: Release): Readonly<Record<string, string>> {
  return {
    [`${IDENTIFIER}.yaml`]: manifest(release, "version", [`DefaultLocale: "${LOCALE}"`]),
    [`${IDENTIFIER}.installer.yaml`]: manifest(release, "installer", [
      "InstallerType: zip",
      "NestedInstallerType: portable",
      `ReleaseDate: "${new Date(release.epoch * 1000).toISOString().slice(0, 10)}"`,
      "Installers:",
      ...Object.entries(TARGETS).flatMap(([architecture, target]) =>
        installer(release, architecture, target),
      ),
    ]),
    [`${IDENTIFIER}.locale.${LOCALE}.yaml`]: manifest(release, "defaultLocale", [
      `PackageLocale: "${LOCALE}"`,
      'Publisher: "tlslp"',
      'PackageName: "tlslp"',
      `PackageUrl: "${release.repository}"`,
      `License: "${LICENSE}"`,
      `LicenseUrl: "${release.repository}/blob/v${release.version}/LICENSE"`,
      `ShortDescription: "${DESCRIPTION}"`,
      `ReleaseNotesUrl: "${release.repository}/releases/tag/v${release.version}"`,
    ]),
  };
}

function manifest({ version }: Release, type: string, lines: readonly string[]): string {
  const schema = `https://aka.ms/winget-manifest.${type}.${SCHEMA_VERSION}.schema.json`;
  return [
    `# yaml-language-server: $schema=${schema}`,
    "---",
    `PackageIdentifier: "${IDENTIFIER}"`,
    `PackageVersion: "${version}"`,
    ...lines,
    `ManifestType: "${type}"`,
    `ManifestVersion: "${SCHEMA_VERSION}"`,
    "",
  ].join("\n");
}

function installer(release: Release, architecture: string, target: string): readonly string[] {
  const file = fileFor(release, target);
  return [
    `  - Architecture: ${architecture}`,
    `    InstallerUrl: "${addressOf(release, file)}"`,
    `    InstallerSha256: "${file.sha256.toUpperCase()}"`,
    "    NestedInstallerFiles:",
    `      - RelativeFilePath: 'tlslp-${release.version}-${target}\\tlslp.exe'`,
    '        PortableCommandAlias: "tlslp"',
  ];
}
