/**
 * The SHA-256 of a public key, as text: the Base64 of 32 bytes. Its last letter holds four bits of
 * them, and its other two are zero.
 */
export const PIN = /^sha256\/[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
