/**
 * The library that makes certificates and reads revocation lists.
 */
export type X509Library = typeof import("@peculiar/x509");

/**
 * Loads the library, which is large: only commands that need it call this. The library needs the
 * globals of reflect-metadata before it is loaded, and a bundler may reorder static imports.
 */
export async function loadX509(): Promise<X509Library> {
  await import("reflect-metadata");
  return import("@peculiar/x509");
}
