/**
 * Framing: bytes in, lines out. The rules of a line live here and nowhere else:
 *
 * 1. A line is UTF-8 text without control characters, ended by one `\n`.
 * 2. A line has at most `MAX_LINE_LENGTH` bytes, the `\n` included; the first byte too many is a
 *    violation at once, and nothing beyond the limit is ever buffered.
 * 3. Bytes may arrive in any pieces; a line is complete at its `\n` and not before.
 *
 * This file knows neither sockets nor what the lines mean.
 */
import { Fault } from "../fault/fault.ts";

/** Bytes, the closing `\n` included. */
export const MAX_LINE_LENGTH = 1000;

const NEWLINE = 0x0a;
/** But for the line feed, which is where the line ends. */
const CONTROL_CHARACTER = /[\u0000-\u0009\u000b-\u001f\u007f]/;

const NOTHING = new Uint8Array(0);

// A byte-order mark is text like any other, so the decoder must not swallow it.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A class, as all that each of many connections has: what a line needs lies in one place. */
export class LineDecoder {
  #begun: Uint8Array;
  #broken: boolean;

  constructor() {
    this.#begun = NOTHING;
    this.#broken = false;
  }

  /** Bytes of the line that has begun and is not complete; at most `MAX_LINE_LENGTH`. */
  get unfinished(): number {
    return this.#begun.length;
  }

  /**
   * Takes the next piece of input, and adds the lines that it completes to `lines`, which may become
   * `room` in all; one more is a violation, so that no piece costs more than that. Returns the
   * violation that ended the stream, if any; everything further is ignored.
   */
  push(bytes: Uint8Array, lines: string[], room: number): Fault | undefined {
    if (this.#broken) {
      return undefined;
    }
    try {
      this.#split(bytes, lines, room);
      return undefined;
    } catch (violation) {
      this.#broken = true;
      this.#begun = NOTHING;
      if (!(violation instanceof Fault)) {
        throw violation;
      }
      return violation;
    }
  }

  #split(bytes: Uint8Array, lines: string[], room: number): void {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      if (lines.length >= room) {
        throw new Fault("severalLines", {});
      }
      lines.push(decode(join(this.#begun, part(bytes, start, end + 1), MAX_LINE_LENGTH)));
      this.#begun = NOTHING;
      start = end + 1;
      if (start === bytes.length) {
        return;
      }
    }
    if (start < bytes.length) {
      // A copy: the piece belongs to the caller, who may reuse its memory.
      const rest = join(this.#begun, part(bytes, start, bytes.length), MAX_LINE_LENGTH);
      this.#begun = Uint8Array.from(rest);
    }
  }
}

/** The text of a line, given with its `\n`. */
function decode(line: Uint8Array): string {
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

/** A line is nearly always a whole piece, and a view of it would cost more than all the rest. */
function part(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}

/** Both pieces in one, which is the second itself where there is no first. */
function join(begun: Uint8Array, piece: Uint8Array, limit: number): Uint8Array {
  const length = begun.length + piece.length;
  if (length > limit) {
    throw new Fault("lineTooLong", { maxBytes: MAX_LINE_LENGTH });
  }
  if (begun.length === 0) {
    return piece;
  }
  const joined = new Uint8Array(length);
  joined.set(begun);
  joined.set(piece, begun.length);
  return joined;
}
