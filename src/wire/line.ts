/**
 * Framing: bytes in, lines out. The rules of a line live here and nowhere else:
 *
 * 1. A line is UTF-8 text without control characters, ended by one `\n`.
 * 2. A line has at most `MAX_LINE_LENGTH` bytes, the `\n` included; the first byte too many is a
 *    violation at once, and nothing beyond the limit is ever buffered.
 * 3. Bytes may arrive in any pieces; a line is complete at its `\n` and not before.
 *
 * This file knows neither sockets nor the meaning of lines.
 */
import { Fault } from "../fault/fault.ts";

/** Bytes, the closing `\n` included. */
export const MAX_LINE_LENGTH = 1000;

const NEWLINE = 0x0a;
/** Every control character except the line feed, which ends the line. */
const CONTROL_CHARACTER = /[\u0000-\u0009\u000b-\u001f\u007f]/;

const NOTHING = new Uint8Array(0);

// A byte-order mark is text like any other, so the decoder must not swallow it.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Splits one stream of bytes into lines. */
export class LineDecoder {
  #begun: Uint8Array = NOTHING;

  /** Bytes of the line that has begun and is not complete; at most `MAX_LINE_LENGTH`. */
  get unfinished(): number {
    return this.#begun.length;
  }

  /**
   * Yields each line that the next bytes of the stream complete. Throws a protocol fault where they
   * break a rule; the stream ends there, and its decoder cannot be used again.
   */
  *decode(bytes: Uint8Array): Generator<string, void> {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      // Most reads are one whole line, and creating a view takes longer than decoding it.
      const isWhole = start === 0 && end + 1 === bytes.length;
      const line = this.#join(isWhole ? bytes : bytes.subarray(start, end + 1));
      this.#begun = NOTHING;
      start = end + 1;
      yield textOf(line);
    }
    if (start < bytes.length) {
      // A copy: the caller may reuse the memory of the bytes.
      this.#begun = Uint8Array.from(this.#join(bytes.subarray(start)));
    }
  }

  /** Returns the line that has begun together with its next piece. */
  #join(piece: Uint8Array): Uint8Array {
    if (this.#begun.length + piece.length > MAX_LINE_LENGTH) {
      this.#begun = NOTHING;
      throw new Fault("lineTooLong", { maxBytes: MAX_LINE_LENGTH });
    }
    return this.#begun.length === 0 ? piece : Buffer.concat([this.#begun, piece]);
  }
}

/** Returns the text of a line, which is given with its `\n`. */
function textOf(line: Uint8Array): string {
  let text: string;
  try {
    text = UTF8.decode(line);
  } catch (cause) {
    throw new Fault("lineNotUtf8", {}, { cause });
  }
  const control = CONTROL_CHARACTER.exec(text);
  if (control !== null) {
    throw new Fault("controlCharacter", { code: control[0].charCodeAt(0) });
  }
  return text.slice(0, -1);
}
