#!/bin/sh
# Installs tlslp for one user, without root. Downloads the archive for this system, checks it
# against SHA256SUMS of the same release, and puts the executable into ~/.local/bin.
#
#   sh install.sh                    the newest release
#   sh install.sh --version 1.0.0    one release; pre-releases are installed only this way
#   sh install.sh --dir /opt/bin     another folder
#   sh install.sh --uninstall        removes the executable
#
# TLSLP_INSTALL_URL names a mirror: an address with latest/download/ and download/v<version>/.
set -eu

RELEASES=https://github.com/tlslp/tlslp/releases

# Everything runs from the last line, so that a script that arrives in part does nothing.
main() {
  dir='' version='' action=install
  while [ $# -gt 0 ]; do
    case $1 in
      --dir | --version)
        [ -n "${2:-}" ] || usage "$1 needs a value"
        case $1 in --dir) dir=$2 ;; *) version=${2#v} ;; esac
        shift
        ;;
      --dir=?*) dir=${1#*=} ;;
      --version=?*) version=${1#*=} version=${version#v} ;;
      --uninstall) action=uninstall ;;
      -h | --help) print_help; return ;;
      *) usage "unknown argument \"$1\"" ;;
    esac
    shift
  done
  case $version in *[!0-9A-Za-z.+-]*) usage "\"$version\" is not a version such as 1.0.0" ;; esac
  [ -n "$dir" ] || dir=${HOME:?is not set; give --dir}/.local/bin
  case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
  "$action"
}

print_help() {
  echo "usage: install.sh [--version VERSION] [--dir FOLDER] [--uninstall]"
  echo "Installs tlslp into ~/.local/bin, or removes it. Needs curl or wget, tar and xz."
}

install() {
  find_target
  find_downloader
  find_checksum_program
  base=$(releases_url)
  if [ -n "$version" ]; then base=$base/download/v$version; else base=$base/latest/download; fi

  mkdir -p "$dir" || fail "cannot make the folder $dir"
  temporary=$(mktemp -d "$dir/.tlslp-new-XXXXXX") || fail "cannot write to the folder $dir"
  trap 'rm -rf "$temporary"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM

  download "$base/SHA256SUMS" "$temporary/SHA256SUMS" ||
    fail "cannot download $base/SHA256SUMS" "${version:+is there a version $version?}"
  find_archive
  say "downloading $archive"
  download "$base/$archive" "$temporary/$archive" || fail "cannot download $base/$archive"
  [ "$(checksum "$temporary/$archive")" = "$expected" ] ||
    fail "the checksum of $archive is wrong; it is not the file of the release"

  tar -xJf "$temporary/$archive" -C "$temporary" 2>"$temporary/output" ||
    fail "cannot unpack $archive: $(head -n 1 "$temporary/output")" "is xz installed?"
  executable=$temporary/${archive%.tar.xz}/tlslp
  [ -f "$executable" ] || fail "$archive does not contain tlslp"
  chmod 755 "$executable"
  line=$("$executable" --version 2>"$temporary/output") ||
    fail "tlslp does not run here: $(head -n 1 "$temporary/output")" "$(missing_library)"
  # A rename, because a program that is running cannot be overwritten.
  mv -f "$executable" "$dir/tlslp"
  say "installed $dir/tlslp: $line"
  advise_path
}

uninstall() {
  [ -f "$dir/tlslp" ] || fail "there is no $dir/tlslp"
  rm -f "$dir/tlslp" || fail "cannot remove $dir/tlslp"
  say "removed $dir/tlslp"
}

# Sets `target` to the name of this system in the names of archives.
find_target() {
  processor=$(uname -m)
  case $processor in
    x86_64 | amd64) processor=x64 ;;
    aarch64 | arm64) processor=arm64 ;;
    *) fail "there is no tlslp for the processor $processor, only for x86_64 and arm64" ;;
  esac
  case $(uname -s) in
    Linux) if is_musl; then target=linux-$processor-musl; else target=linux-$processor; fi ;;
    Darwin)
      # Rosetta shows an Intel processor to the programs that it runs.
      [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || echo 0)" != 1 ] || processor=arm64
      target=darwin-$processor
      ;;
    *) fail "there is no tlslp for $(uname -s) here; on Windows use install.ps1" ;;
  esac
}

# A system may have the loaders of both C libraries, so the libraries are asked first.
is_musl() {
  ! getconf GNU_LIBC_VERSION >/dev/null 2>&1 || return 1
  case $(ldd --version 2>&1 || true) in *musl*) return 0 ;; esac
  for loader in /lib64/ld-linux-*.so.* /lib/ld-linux-*.so.*; do
    [ ! -e "$loader" ] || return 1
  done
  for loader in /lib/ld-musl-*.so.1; do
    [ ! -e "$loader" ] || return 0
  done
  return 1
}

missing_library() {
  case $target in *-musl) echo "apk add libstdc++" ;; esac
}

# Prints the address of the releases. Checksums from an unprotected connection prove nothing.
releases_url() {
  url=${TLSLP_INSTALL_URL:-$RELEASES}
  case $url in
    *@*) fail "TLSLP_INSTALL_URL holds a user name, which is not supported" ;;
    https://* | http://127.0.0.1:* | http://localhost:*) printf '%s\n' "${url%/}" ;;
    *) fail "TLSLP_INSTALL_URL: \"$url\" does not begin with https://" ;;
  esac
}

find_downloader() {
  if has curl; then
    downloader=curl
  elif has wget; then
    downloader=wget
  else
    fail "neither curl nor wget is installed"
  fi
}

# download URL FILE
download() {
  case $downloader in
    curl) curl -fsSL --proto-redir '=https' --retry 3 -o "$2" "$1" ;;
    wget) wget -q -t 3 -O "$2" "$1" ;;
  esac
}

find_checksum_program() {
  for checker in sha256sum shasum openssl; do
    has "$checker" && return
  done
  fail "the download cannot be checked: no sha256sum, shasum or openssl is installed"
}

# checksum FILE: prints its SHA-256 in hexadecimal.
checksum() {
  case $checker in
    sha256sum) sha256sum <"$1" ;;
    shasum) shasum -a 256 <"$1" ;;
    openssl) openssl dgst -sha256 -r <"$1" ;;
  esac | cut -d ' ' -f 1
}

# Sets `archive` and `expected`, its checksum, from the only line for this target in SHA256SUMS.
find_archive() {
  archive='' expected=''
  while read -r sum name; do
    case $name in
      */*) continue ;;
      tlslp-"$version"-"$target".tar.xz) ;;
      tlslp-[0-9]*-"$target".tar.xz) [ -z "$version" ] || continue ;;
      *) continue ;;
    esac
    archive=$name expected=$sum
  done <"$temporary/SHA256SUMS"
  [ ${#expected} -eq 64 ] || fail "SHA256SUMS of this release names no archive for $target"
}

advise_path() {
  case :$PATH: in
    *:"$dir":*) say "try: tlslp --help" ;;
    *)
      say "$dir is not in PATH; add this line to ~/.profile or your shell's startup file:"
      # shellcheck disable=SC2016 # PATH is for the other shell to expand.
      printf '  export PATH="%s:$PATH"\n' "$dir" >&2
      ;;
  esac
}

has() { command -v "$1" >/dev/null 2>&1; }

say() { printf 'install.sh: %s\n' "$*" >&2; }

# fail MESSAGE [HINT]
fail() {
  say "error: $1"
  [ -z "${2:-}" ] || say "hint: $2"
  exit 1
}

usage() {
  say "error: $1"
  say "hint: sh install.sh --help"
  exit 2
}

main "$@"
