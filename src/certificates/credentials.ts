/**
 * The certificates and keys of a private intake, and their files.
 */
import { join } from "node:path";
import { type NewFile, writeTogether } from "../io/write-together.ts";

/** A certificate and its private key, both PEM. */
export interface Credential {
  /** The certificate, and those of intermediate authorities after it. */
  readonly cert: string;
  /** PKCS #8, not encrypted. */
  readonly key: string;
}

/** An authority, and the server and the client that it vouches for. */
export interface Credentials {
  /** The authority. Its key signs certificates; a server does not need it. */
  readonly ca: Credential;
  /** For the server's identity. */
  readonly server: Credential;
  /** For a client's identity. */
  readonly client: Credential;
}

/**
 * Writes the six files `ca-cert.pem`, `ca-key.pem`, `server-cert.pem` and so on into a folder, all
 * or none. Only their owner can read the keys, and enter the folder if it is made here.
 *
 * @param options `replace`: whether files of these names may be replaced; default false
 * @returns their paths
 * @throws {Fault} "usage" when a file exists already or the folder cannot be used, "internal" when
 *   the disk fails
 */
export function writeCredentials(
  folder: string,
  credentials: Credentials,
  options: { readonly replace?: boolean } = {},
): readonly string[] {
  const { replace = false } = options;
  const files = credentialFiles(credentials);
  writeTogether(folder, files, { replace });
  return files.map(({ name }) => join(folder, name));
}

/** Returns the six files, to be written. */
export function credentialFiles({ ca, server, client }: Credentials): readonly NewFile[] {
  return [...filesOf("ca", ca), ...filesOf("server", server), ...filesOf("client", client)];
}

/** Returns the two files of one credential, to be written. */
export function filesOf(
  name: "ca" | "server" | "client",
  { cert, key }: Credential,
): readonly NewFile[] {
  return [
    { name: `${name}-cert.pem`, content: cert, mode: 0o644 },
    { name: `${name}-key.pem`, content: key, mode: 0o600 },
  ];
}
