/**
 * A complete set for trying things out: an authority, and the two certificates that it signs, one
 * for a server and one for a client.
 */
import { AUTHORITY_DAYS, makeAuthority } from "./authority.ts";
import type { Credentials } from "./credentials.ts";
import { issueClient, issueServer } from "./issue.ts";

/** How long the certificates of a set are valid. */
export interface CredentialsOptions {
  /** How long the authority is valid, in days; default: 3650, or `days` if that is more. */
  readonly authorityDays?: number | undefined;
  /** Default: the current time. */
  readonly now?: Date;
}

/** The common name of the client in a set. */
export const CLIENT_NAME = "tlslp client";

/**
 * Makes an authority, a server and a client. Only the returned value holds the authority's key, so
 * no one else can make more certificates.
 *
 * @param hosts the DNS names and IP addresses that the server's certificate is for
 * @param days how long the server and the client are valid; they end with the authority at the
 *   latest
 */
export async function makeCredentials(
  hosts: readonly string[],
  days: number,
  options: CredentialsOptions = {},
): Promise<Credentials> {
  const { authorityDays = Math.max(AUTHORITY_DAYS, days), now = new Date() } = options;
  const authority = await makeAuthority(authorityDays, now);
  const [server, client] = await Promise.all([
    issueServer(authority, { hosts, days, now }),
    issueClient(authority, { name: CLIENT_NAME, days, now }),
  ]);
  return { ca: authority.credential, server, client };
}
