/**
 * Credentials as files.
 */
import { join } from "node:path";
import { type NewFile, writeTogether } from "../io/write-together.ts";
import type { Credential, Credentials } from "./credentials.ts";

/**
 * Writes the six files `ca-cert.pem`, `ca-key.pem`, `server-cert.pem` and so on into a folder, all
 * or none: the keys for their owner alone, the folder too where it must be made.
 *
 * @param options.replace whether files of these names may be replaced; default false
 * @returns their paths
 * @throws {Fault} "usage" when a file exists already or the folder cannot be used, "internal" when
 *   the disk fails
 */
export function writeCredentials(
  folder: string,
  { ca, server, client }: Credentials,
  { replace = false }: { readonly replace?: boolean } = {},
): readonly string[] {
  const files = [...pair("ca", ca), ...pair("server", server), ...pair("client", client)];
  writeTogether(folder, files, { replace });
  return files.map(({ name }) => join(folder, name));
}

function pair(name: string, { cert, key }: Credential): readonly NewFile[] {
  return [
    { name: `${name}-cert.pem`, content: cert, mode: 0o644 },
    { name: `${name}-key.pem`, content: key, mode: 0o600 },
  ];
}
