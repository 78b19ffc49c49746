/**
 * The certificates of a private intake: an authority, a server and a client.
 */

/** Who issues what `makeCredentials` makes, as a certificate's issuer. */
export const AUTHORITY_NAME = "CN=tlslp private CA";

/** A certificate and its private key, both PEM. */
export interface Credential {
  readonly cert: string;
  readonly key: string;
}

export interface Credentials {
  readonly ca: Credential;
  readonly server: Credential;
  readonly client: Credential;
}

/**
 * Makes all three, valid for `days` days from `now`: P-256, and nobody else can make more, for the
 * authority's key is nowhere but in what is returned.
 *
 * @param hosts the DNS names and IP addresses that the server's certificate is for
 */
export async function makeCredentials(
  hosts: readonly string[],
  days: number,
  now = new Date(),
): Promise<Credentials> {
  // The certificate library wants this global to exist before it is loaded, and a bundler is free
  // to reorder static imports.
  await import("reflect-metadata");
  const { signCredentials } = await import("./authority.ts");
  return signCredentials(hosts, days, now);
}
