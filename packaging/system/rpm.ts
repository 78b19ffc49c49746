/**
 * The packages for Fedora, RHEL, openSUSE and their relatives.
 */
import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { THIRD_PARTY_LICENSES } from "../licenses.ts";
import { DESCRIPTION, LICENSE } from "../project.ts";
import { execute, fileFor, type Release, unpack } from "../release.ts";
import { copy, emptyFolder, normalize, writeText } from "../tree.ts";
import { layOut, systemVersion } from "./layout.ts";

const ARCHITECTURES = { x86_64: "linux-x64", aarch64: "linux-arm64" } as const;

/** Makes tlslp-<version>-1.<architecture>.rpm for each architecture in the folder `output`. */
export function makeRpms(release: Release, output: string, work: string): void {
  for (const [architecture, target] of Object.entries(ARCHITECTURES)) {
    const unpacked = unpack(release, fileFor(release, target), join(work, "unpacked"));
    const top = emptyFolder(join(work, `rpm-${architecture}`));
    const files = join(top, "files");
    layOut(unpacked, files, { zsh: "usr/share/zsh/site-functions" });
    for (const name of ["LICENSE", THIRD_PARTY_LICENSES]) {
      copy(join(unpacked, name), join(files, "usr/share/licenses/tlslp", name));
    }
    normalize(files, release.epoch);
    mkdirSync(join(top, "BUILD"));
    writeText(join(top, "tlslp.spec"), spec(release, files));
    const definitions = { _topdir: top, _rpmdir: top, _dbpath: join(top, "db") };
    execute(
      [
        ...["rpmbuild", "-bb", "--quiet", "--target", architecture],
        ...Object.entries(definitions).flatMap(([name, value]) => ["--define", `${name} ${value}`]),
        join(top, "tlslp.spec"),
      ],
      { env: { SOURCE_DATE_EPOCH: String(release.epoch) } },
    );
    const [built = ""] = readdirSync(join(top, architecture));
    // A file name of a download may not contain the tilde of the version.
    const name = `tlslp-${release.version}-1.${architecture}.rpm`;
    renameSync(join(top, architecture, built), join(output, name));
  }
}

function spec(release: Release, files: string): string {
  return `# Stripping removes the program that follows the runtime in the executable.
%global __os_install_post %{nil}
%global debug_package %{nil}
%global _build_id_links none
# The same bytes each time.
%global _buildhost localhost
%global use_source_date_epoch_as_buildtime 1
%global clamp_mtime_to_source_date_epoch 1
# Systems with glibc 2.17 do not know newer compressions.
%global _binary_payload w6.xzdio

Name: tlslp
Version: ${systemVersion(release.version)}
Release: 1
Summary: ${DESCRIPTION}
License: ${LICENSE}
URL: ${release.repository}
AutoReqProv: no
Requires: glibc >= 2.17

%description
The server takes TLS connections, makes every client pay a proof of work, asks
it a handful of questions and checks every answer. The client is the other
side, and the solver finds the suffix that a puzzle asks for, on all
processors.

%install
cp -a ${files}/. %{buildroot}/

%files
%defattr(-,root,root)
/usr/bin/tlslp
/usr/share/man/man1/tlslp*.1.gz
/usr/share/bash-completion/completions/tlslp
/usr/share/fish/vendor_completions.d/tlslp.fish
/usr/share/zsh/site-functions/_tlslp
%dir /usr/share/licenses/tlslp
%license /usr/share/licenses/tlslp/LICENSE
%license /usr/share/licenses/tlslp/${THIRD_PARTY_LICENSES}
`;
}
