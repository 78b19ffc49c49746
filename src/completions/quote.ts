/**
 * Texts as shells read them.
 */

/** One word for bash and zsh, whatever the text. */
export function shellWord(text: string): string {
  return /^[\w./=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** One word for fish, which knows two escapes in single quotes. */
export function fishWord(text: string): string {
  return /^[\w./=-]+$/.test(text) ? text : `'${text.replace(/[\\']/g, "\\$&")}'`;
}
