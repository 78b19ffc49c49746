/**
 * Quoting for shells.
 */

/** Returns the text as one word for bash and zsh. */
export function shellWord(text: string): string {
  return /^[\w./=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Returns the text as one word for fish, which knows two escapes in single quotes. */
export function fishWord(text: string): string {
  return /^[\w./=-]+$/.test(text) ? text : `'${text.replace(/[\\']/g, "\\$&")}'`;
}

/** Returns the text as one word for PowerShell, which knows one escape in single quotes. */
export function powershellWord(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
