/**
 * Mail addresses, as text.
 */
import { domainToASCII } from "node:url";
import { isPrintable } from "./fault/printable.ts";

/** The most bytes of an address that mail servers transport (RFC 5321, section 4.5.3.1.3). */
const MAX_LENGTH = 254;
/** A dot-string of RFC 5321, with the non-ASCII characters that RFC 6531 adds. */
const LOCAL_PART =
  /^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+(?:\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+)*$/u;
/** One label or more; the last one is not a number. */
const DOMAIN =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?![0-9]+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Whether a text is an address on the internet, such as zoe@example.org, without a name. */
export function isEmail(text: string): boolean {
  return isAnyEmail(text) && domainOf(text).includes(".");
}

/** Whether a text is an address on the internet or in a network of its own, such as zoe@mail. */
export function isAnyEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  return (
    Buffer.byteLength(text) <= MAX_LENGTH &&
    isPrintable(text) &&
    LOCAL_PART.test(text.slice(0, Math.max(at, 0))) &&
    DOMAIN.test(domainOf(text))
  );
}

function domainOf(text: string): string {
  return domainToASCII(text.slice(text.lastIndexOf("@") + 1));
}
