/**
 * Who we are and whom we believe, as the files of one end say it.
 */
import type { InputFile } from "../io/input.ts";
import { type Expiry, expiryOf } from "./expiry.ts";
import { type End, type Identity, readAuthorities, readIdentity } from "./identity.ts";
import { readRevocations } from "./revocations.ts";

/** Whom we believe: whoever these authorities vouch for; or, insecurely, anybody. */
export type Trust = Authorities | "anybody";

export interface Authorities {
  /** Their certificates, PEM. */
  readonly authorities: string;
  /** Their lists of revoked certificates, PEM, one each; where there is any, each must have one. */
  readonly revocations?: readonly string[];
}

export interface TlsConfig {
  readonly identity: Identity;
  readonly trust: Trust;
}

export interface TlsFiles {
  /** Whose files they are; a certificate that is not for this end is refused. */
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
