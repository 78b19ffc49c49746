/**
 * Text from a peer, made fit to be shown: on a terminal, in a log, or back on the wire.
 */

/** The most UTF-8 bytes of a FAIL reason: the whole line `FAIL <reason>\n` has at most 200. */
export const MAX_REASON_LENGTH = 200 - "FAIL \n".length;

/** Controls, formats and line separators. */
export const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** Matches nearly all texts, and is faster than the test for unprintable characters. */
const PLAIN = /^[\x20-\x7e]*$/;
const ELLIPSIS = "…";

/** Returns the text with all characters escaped that do not print. */
export function printable(text: string): string {
  if (PLAIN.test(text)) {
    return text;
  }
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

/** Whether all characters of a text print. */
export function isPrintable(text: string): boolean {
  return text.search(UNPRINTABLE) < 0;
}

/** Returns a peer's text in quotes, escaped, and shortened to about `maxLength` characters. */
export function quoted(text: string, maxLength = 40): string {
  const characters = Array.from(text.slice(0, 2 * maxLength + 2));
  const shown =
    characters.length > maxLength ? [...characters.slice(0, maxLength), ELLIPSIS] : characters;
  return `"${printable(shown.join(""))}"`;
}

/** Returns a printable line of at most `MAX_REASON_LENGTH` bytes, cut between characters. */
export function toReason(message: string): string {
  let reason = "";
  let length = 0;
  const text = printable(message);
  const room = MAX_REASON_LENGTH - Buffer.byteLength(ELLIPSIS);
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > room && Buffer.byteLength(text) > MAX_REASON_LENGTH) {
      return reason + ELLIPSIS;
    }
    reason += character;
  }
  return reason;
}
