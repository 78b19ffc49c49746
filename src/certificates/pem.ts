/**
 * Certificates in PEM, which may have any text between them (RFC 7468).
 */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** How OpenSSL's older and other forms begin; some parsers take them for certificates, some do not. */
const OTHER_FORM = /-----BEGIN ((?:X509|TRUSTED) CERTIFICATE)-----/;

/** The name of a certificate's other form, such as "X509 CERTIFICATE", if a text has one. */
export function otherFormIn(text: string): string | undefined {
  return OTHER_FORM.exec(text)?.[1];
}

/** The blocks of a text, each with its frame. */
export function certificatesIn(text: string): readonly string[] {
  return text.match(CERTIFICATE) ?? [];
}
