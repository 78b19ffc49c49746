/**
 * Failures of certificates, keys and revocation lists, ours and the peer's.
 */
import { define } from "../define.ts";
import { type NamedFile, nameOf } from "./files.ts";

/** Which end of a connection a certificate is for. */
export type End = "server" | "client";

/** Why a certificate proves nothing, even if a trusted authority signed it. */
export type Weakness =
  | { readonly kind: "weak-key"; readonly bits: number; readonly minBits: number }
  | { readonly kind: "weak-signature"; readonly algorithm: string };

function describeWeakness(weakness: Weakness): string {
  return weakness.kind === "weak-key"
    ? `an RSA key of ${weakness.bits} bits; ${weakness.minBits} is the least`
    : `a signature by ${weakness.algorithm}; SHA-2 is needed`;
}

export const CERTIFICATE_SENTENCES = {
  keyMismatch: define<{ key: NamedFile; cert: NamedFile }>(
    "usage",
    ({ key, cert }) => `${nameOf(key)} does not belong to ${nameOf(cert)}`,
  ),
  notAuthority: define<{ file: NamedFile }>(
    "usage",
    ({ file }) => `${nameOf(file)} is not the certificate of an authority`,
  ),
  otherPemForm: define<{ file: NamedFile; form: string }>(
    "usage",
    ({ file, form }) => `${nameOf(file)} has a "BEGIN ${form}", which cannot be vetted`,
  ),
  fileDamaged: define<{ file: NamedFile }>("usage", ({ file }) => `${nameOf(file)} is damaged`),
  noCertificate: define<{ file: NamedFile }>(
    "usage",
    ({ file }) => `${nameOf(file)} holds no PEM certificate`,
  ),
  noPrivateKey: define<{ file: NamedFile }>(
    "usage",
    ({ file }) => `${nameOf(file)} holds no unencrypted PEM private key`,
  ),
  /** `issuer` is absent for certificates that `tlslp certs` made. */
  certificateExpired: define<{ file: NamedFile; date: string; issuer?: string | undefined }>(
    "usage",
    ({ file, date }) => `${nameOf(file)} expired on ${date}`,
  ),
  notYetValid: define<{ file: NamedFile; date: string }>(
    "usage",
    ({ file, date }) => `${nameOf(file)} is valid only from ${date}`,
  ),
  wrongUse: define<{ file: NamedFile; end: End; usage: string }>(
    "usage",
    ({ file, end }) => `${nameOf(file)} is not meant for a ${end}`,
  ),
  unusableKey: define<{ file: NamedFile }>(
    "usage",
    ({ file }) => `${nameOf(file)} has a key of a kind that cannot be used`,
  ),
  weakCertificate: define<{ file: NamedFile; weakness: Weakness }>(
    "usage",
    ({ file, weakness }) => `${nameOf(file)} has ${describeWeakness(weakness)}`,
  ),
  peerCertificateWeak: define<Weakness>(
    "transport",
    (weakness) => `the peer's certificate has ${describeWeakness(weakness)}`,
  ),
  revocationListMissing: define<{ authority: string }>(
    "usage",
    ({ authority }) => `there is no revocation list of the authority ${authority}`,
  ),
  revocationListDamaged: define<{ file: NamedFile }>(
    "usage",
    ({ file }) => `${nameOf(file)} is damaged, or is not one (PEM or DER)`,
  ),
  revocationListForeign: define<{ file: NamedFile }>(
    "usage",
    ({ file }) => `${nameOf(file)} was not signed by an authority that we trust`,
  ),
  revocationListEndless: define<{ file: NamedFile }>(
    "usage",
    ({ file }) => `${nameOf(file)} has no date of its next update`,
  ),
  revocationListExpired: define<{ file: NamedFile; date: string }>(
    "usage",
    ({ file, date }) => `${nameOf(file)} expired on ${date}`,
  ),
};
