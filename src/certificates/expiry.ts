/**
 * The dates on which certificates and lists expire, and when to warn.
 */
import type { NamedFile } from "../fault/sentences/files.ts";
import { DAY_MILLISECONDS } from "../seconds.ts";
import type { FiledCertificate } from "./certificate-file.ts";

/** When a certificate or a list expires. */
export interface Expiry {
  /** The file that holds it. */
  readonly file: NamedFile;
  /** The subject of the certificate, if its file holds several. */
  readonly subject?: string | undefined;
  /** The day and time at which it expires. */
  readonly date: Date;
  /** How long before that date to warn, in days. */
  readonly notice: number;
}

const CERTIFICATE_NOTICE = 14;
/** An invitation is valid for two weeks or so, and its owner cannot renew it. */
const INVITATION_NOTICE = 3;

/** Returns the expiry of each certificate that has not expired yet. */
export function expiriesOf(
  certificates: readonly FiledCertificate[],
  now: Date,
): readonly Expiry[] {
  return certificates
    .map(({ certificate, name }) => ({
      ...name,
      date: new Date(certificate.validTo),
      notice: name.file.purpose === "invitation" ? INVITATION_NOTICE : CERTIFICATE_NOTICE,
    }))
    .filter(({ date }) => date > now);
}

/** Returns the expiries that are near enough for a warning. */
export function dueExpiries(expiries: readonly Expiry[], now: Date): readonly Expiry[] {
  return expiries.filter(
    ({ date, notice }) => date.getTime() - now.getTime() < notice * DAY_MILLISECONDS,
  );
}
