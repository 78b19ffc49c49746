/**
 * The identity and the trust of one end of a connection, from files.
 */
import type { End } from "../fault/sentences/certificates.ts";
import type { InputFile } from "../io/input.ts";
import { type Expiry, expiryOf } from "./expiry.ts";
import { type Identity, readAuthorities, readIdentity } from "./identity.ts";
import { readRevocations } from "./revocations.ts";

/** The peers that we accept: those with a certificate of these authorities, or insecurely any. */
export type Trust = Authorities | "anybody";

export interface Authorities {
  /** Their certificates, PEM. */
  readonly authorities: string;
  /** Lists of revoked certificates, PEM, one each: one of every authority, or none at all. */
  readonly revocations?: readonly string[];
}

export interface TlsConfig {
  readonly identity: Identity;
  readonly trust: Trust;
}

export interface TlsFiles {
  /** The end that the files are for; a certificate for the other end is refused. */
  readonly end?: End;
  readonly cert: InputFile;
  readonly key: InputFile;
  readonly trust: TrustFiles | "anybody";
}

export interface TrustFiles {
  readonly authorities: InputFile;
  /** Lists of revoked certificates; one of every authority, or none at all. */
  readonly revocations: readonly InputFile[];
}

/** Reads and vets all files; throws a usage fault that names the one at fault. */
export async function readTlsConfig(
  files: TlsFiles,
): Promise<TlsConfig & { readonly expiries: readonly Expiry[] }> {
  const { expiries, trust } = await readTrust(files.trust);
  const identity = readIdentity(files.cert, files.key, files.end);
  return { identity, trust, expiries: [expiryOf(files.cert, identity.cert), ...expiries] };
}

async function readTrust(
  files: TrustFiles | "anybody",
): Promise<{ readonly trust: Trust; readonly expiries: readonly Expiry[] }> {
  if (files === "anybody") {
    return { trust: files, expiries: [] };
  }
  const authorities = readAuthorities(files.authorities);
  const expiry = expiryOf(files.authorities, authorities);
  if (files.revocations.length === 0) {
    return { trust: { authorities }, expiries: [expiry] };
  }
  const { lists, expiries } = await readRevocations(files.revocations, authorities);
  return { trust: { authorities, revocations: lists }, expiries: [expiry, ...expiries] };
}
