/**
 * The package `tlslp-bin` for Arch Linux's user repository.
 */
import { THIRD_PARTY_LICENSES } from "../licenses.ts";
import { DESCRIPTION, LICENSE } from "../project.ts";
import { addressOf, fileFor, type Release } from "../release.ts";

const TARGETS = { x86_64: "linux-x64", aarch64: "linux-arm64" } as const;

/** Returns the texts of the files in the package's repository, by their names. */
export function aurFiles(release: Release): Readonly<Record<string, string>> {
  return { PKGBUILD: pkgbuild(release), ".SRCINFO": sourceInfo(release) };
}

/** Returns a version that pacman takes and sorts before the final one. */
function pacmanVersion({ version }: Release): string {
  return version.replace("-", "");
}

function sources(release: Release) {
  return Object.entries(TARGETS).map(([architecture, target]) => {
    const file = fileFor(release, target);
    return { architecture, address: addressOf(release, file), sum: file.sha256 };
  });
}

function pkgbuild(release: Release): string {
  const downloads = sources(release).map(
    ({ architecture, address, sum }) =>
      `source_${architecture}=('${address}')\nsha256sums_${architecture}=('${sum}')`,
  );
  return `# Maintainer: tlslp maintainers <tlslp@users.noreply.github.com>
pkgname=tlslp-bin
pkgver=${pacmanVersion(release)}
pkgrel=1
pkgdesc='${DESCRIPTION}'
arch=('x86_64' 'aarch64')
url='${release.repository}'
license=('${LICENSE}')
depends=('glibc')
provides=('tlslp')
conflicts=('tlslp')
# Stripping removes the program that follows the runtime in the executable.
options=('!strip' '!debug')
${downloads.join("\n")}

package() {
  case $CARCH in x86_64) target=linux-x64 ;; aarch64) target=linux-arm64 ;; esac
  cd "$srcdir/tlslp-${release.version}-$target"
  install -Dm755 tlslp "$pkgdir/usr/bin/tlslp"
  install -Dm644 -t "$pkgdir/usr/share/man/man1" man/*.1
  install -Dm644 completions/tlslp.bash "$pkgdir/usr/share/bash-completion/completions/tlslp"
  install -Dm644 completions/_tlslp "$pkgdir/usr/share/zsh/site-functions/_tlslp"
  install -Dm644 completions/tlslp.fish "$pkgdir/usr/share/fish/vendor_completions.d/tlslp.fish"
  install -Dm644 -t "$pkgdir/usr/share/licenses/tlslp-bin" LICENSE ${THIRD_PARTY_LICENSES}
}
`;
}

function sourceInfo(release: Release): string {
  const fields = [
    `pkgdesc = ${DESCRIPTION}`,
    `pkgver = ${pacmanVersion(release)}`,
    "pkgrel = 1",
    `url = ${release.repository}`,
    "arch = x86_64",
    "arch = aarch64",
    `license = ${LICENSE}`,
    "depends = glibc",
    "provides = tlslp",
    "conflicts = tlslp",
    "options = !strip",
    "options = !debug",
    ...sources(release).flatMap(({ architecture, address, sum }) => [
      `source_${architecture} = ${address}`,
      `sha256sums_${architecture} = ${sum}`,
    ]),
  ];
  return `pkgbase = tlslp-bin\n${fields.map((field) => `\t${field}\n`).join("")}\npkgname = tlslp-bin\n`;
}
