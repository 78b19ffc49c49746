/**
 * The packages for Debian and its relatives.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { THIRD_PARTY_LICENSES } from "../licenses.ts";
import { DESCRIPTION } from "../project.ts";
import { execute, fileFor, type Release, unpack } from "../release.ts";
import { copy, emptyFolder, normalize, writeText } from "../tree.ts";
import { compress, layOut, MAINTAINER, systemVersion } from "./layout.ts";

const ARCHITECTURES = { amd64: "linux-x64", arm64: "linux-arm64" } as const;

/** Findings of lintian that stay, each with the reason. */
const LINTIAN_OVERRIDES = `# Stripping removes the program that follows the runtime in the executable.
tlslp: unstripped-binary-or-object [usr/bin/tlslp]
# The runtime, Bun, contains the libraries that it needs; the list of components names each.
tlslp: embedded-library *
# Bun is linked to fixed addresses, and without read-only relocations.
tlslp: hardening-no-pie [usr/bin/tlslp]
tlslp: hardening-no-relro [usr/bin/tlslp]
# The package is not uploaded to Debian, so it closes no request there.
tlslp: initial-upload-closes-no-bugs *
`;

/** Makes tlslp_<version>_<architecture>.deb for each architecture in the folder `output`. */
export function makeDebs(release: Release, output: string, work: string): void {
  for (const [architecture, target] of Object.entries(ARCHITECTURES)) {
    const unpacked = unpack(release, fileFor(release, target), join(work, "unpacked"));
    const root = emptyFolder(join(work, `deb-${architecture}`));
    layOut(unpacked, root, { zsh: "usr/share/zsh/vendor-completions" });
    writeDocuments(release, root, readFileSync(join(unpacked, "LICENSE"), "utf8"));
    copy(
      join(unpacked, THIRD_PARTY_LICENSES),
      join(root, "usr/share/doc/tlslp", THIRD_PARTY_LICENSES),
    );
    writeControl(release, root, architecture);
    normalize(root, release.epoch);
    // A file name of a download may not contain the tilde of the version.
    const name = `tlslp_${release.version}_${architecture}.deb`;
    execute(["dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, join(output, name)], {
      env: { SOURCE_DATE_EPOCH: String(release.epoch) },
    });
  }
}

function debianVersion(release: Release): string {
  return `${systemVersion(release.version)}-1`;
}

function writeDocuments(release: Release, root: string, license: string): void {
  const share = join(root, "usr/share");
  writeText(join(share, "doc/tlslp/copyright"), copyright(release, license));
  writeText(join(share, "lintian/overrides/tlslp"), LINTIAN_OVERRIDES);
  const date = new Date(release.epoch * 1000).toUTCString().replace("GMT", "+0000");
  const changelog = `tlslp (${debianVersion(release)}) unstable; urgency=medium

  * New release: ${release.repository}/releases/tag/v${release.version}

 -- ${MAINTAINER}  ${date}
`;
  writeFileSync(join(share, "doc/tlslp/changelog.Debian.gz"), compress(changelog));
}

function copyright(release: Release, license: string): string {
  const [, holder = ""] = /^Copyright \(c\) (.*)$/m.exec(license) ?? [];
  const terms = license.slice(license.indexOf("Permission is hereby"));
  const indented = terms.trim().replace(/^/gm, " ").replace(/^ $/gm, " .");
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: tlslp
Source: ${release.repository}
Comment: The executable contains the runtime Bun and other components under their own licenses.
 /usr/share/doc/tlslp/${THIRD_PARTY_LICENSES} has them.

Files: *
Copyright: ${holder}
License: Expat
${indented}
`;
}

function writeControl(release: Release, root: string, architecture: string): void {
  const files = listFiles(root);
  const kilobytes = files.reduce((sum, path) => sum + Math.ceil(statSync(path).size / 1024), 0);
  const sums = files.map((path) => {
    const sum = new Bun.MD5().update(readFileSync(path)).digest("hex");
    return `${sum}  ${relative(root, path)}\n`;
  });
  mkdirSync(join(root, "DEBIAN"));
  writeText(join(root, "DEBIAN/md5sums"), sums.join(""));
  writeText(
    join(root, "DEBIAN/control"),
    `Package: tlslp
Version: ${debianVersion(release)}
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${kilobytes}
Depends: libc6 (>= 2.17)
Section: net
Priority: optional
Homepage: ${release.repository}
Description: ${DESCRIPTION}
 The server takes TLS connections, makes every client pay a proof of work, asks
 it a handful of questions and checks every answer. The client is the other
 side, and the solver finds the suffix that a puzzle asks for, on all
 processors.
`,
  );
}

function listFiles(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
