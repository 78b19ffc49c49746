/**
 * The authorities that the operating system trusts.
 */
import { existsSync } from "node:fs";
import { getCACertificates } from "node:tls";
import { Fault } from "../fault/fault.ts";
import { readTrusted } from "../io/input.ts";
import { type AuthoritySet, vetAuthorities } from "./authorities.ts";

/**
 * Where Linux distributions and BSDs keep all authorities in one file. The runtime would look at
 * SSL_CERT_FILE and SSL_CERT_DIR too, and so a variable would decide which servers are trusted.
 */
const FILES = [
  "/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Arch, Gentoo, NixOS
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL
  "/etc/pki/tls/certs/ca-bundle.crt", // their older versions
  "/etc/ssl/ca-bundle.pem", // openSUSE
  "/etc/ssl/cert.pem", // Alpine, FreeBSD, OpenBSD
];

/**
 * Returns the authorities of the operating system: of a file, or of the stores of macOS and
 * Windows. Those that cannot be used are left out in silence, because they are not the user's.
 *
 * @throws {Fault} "usage" when there is no store, or its file cannot be used
 */
export function readSystemAuthorities(files: readonly string[] = FILES): AuthoritySet {
  const { used } = vetAuthorities(readStore(files), { purpose: "systemStore" }, "server");
  return { used, setAside: [], warnings: [] };
}

function readStore(files: readonly string[]): Buffer {
  if (process.platform === "darwin" || process.platform === "win32") {
    return Buffer.from(getCACertificates("system").join("\n"));
  }
  const path = files.find((file) => existsSync(file));
  if (path === undefined) {
    throw new Fault("systemStoreMissing", {});
  }
  return readTrusted({ path, purpose: "systemStore" });
}
