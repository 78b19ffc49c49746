/**
 * Who we are and whom we believe, as the files of one end say it.
 */
import type { InputFile } from "../files/input.ts";
import { type Expiry, expiryOf } from "./expiry.ts";
import { type End, type Identity, readAuthorities, readIdentity } from "./identity.ts";
import type { Trust } from "./options.ts";
import { readRevocations } from "./revocations.ts";

export interface Credentials {
  readonly identity: Identity;
  readonly trust: Trust;
}

export interface CredentialFiles {
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
export async function readCredentials(
  files: CredentialFiles,
): Promise<Credentials & { readonly expiries: readonly Expiry[] }> {
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
