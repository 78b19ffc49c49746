/**
 * PEM (RFC 7468), read generously: blocks may be indented or joined, lines may end in any way, and
 * the text around blocks may be anything, in any encoding.
 *
 * The certificate library has a reader of PEM too. It skips in silence each block that it cannot
 * read, it does not know on which line a block begins, and it takes long to load.
 */
import { Fault } from "../fault/fault.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import { hasUtf16Mark } from "../io/input.ts";

export interface PemBlock {
  /** Such as "CERTIFICATE". */
  readonly label: string;
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** The decoded content; undefined if the block is damaged or encrypted by its headers. */
  readonly der: Buffer | undefined;
  /** Whether its headers say that it is encrypted (RFC 1421). */
  readonly isEncrypted: boolean;
  /** The text between its markers, headers included; undefined if its END marker is missing. */
  readonly body: string | undefined;
}

export interface PemText {
  readonly blocks: readonly PemBlock[];
  /** Lines that hold Base64 of DER outside every block, as when a BEGIN line is misspelt. */
  readonly strayLines: readonly number[];
}

declare const vetted: unique symbol;

/**
 * PEM text that holds only vetted content, encoded by us. The TLS stack gets no other text, so it
 * finds nothing in a file that the vetting overlooked.
 */
export type VettedPem = string & { readonly [vetted]: true };

/** Encodes certificates, keys or lists that were vetted, and only those. */
export function encodeVetted(label: string, ders: readonly Uint8Array[]): VettedPem {
  return ders.map((der) => encodePem(label, der)).join("") as VettedPem;
}

/** Returns one block, with a newline at its end. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

const MARKER = /-----(BEGIN|END) ([^-\r\n]{1,64})-----/g;

/** A BEGIN marker whose END is still to come. */
interface OpenBlock {
  readonly label: string;
  /** The offsets of its first character, and of the one after it. */
  readonly start: number;
  readonly bodyStart: number;
}

/** Returns the blocks of a file. Throws a usage fault for text in UTF-16. */
export function readPem(bytes: Uint8Array, file: NamedFile): PemText {
  if (isUtf16(bytes)) {
    throw new Fault("fileUtf16", { file });
  }
  // In Latin-1 each byte is one character, so text around the blocks cannot be malformed.
  const text = Buffer.from(bytes).toString("latin1");
  const lineAt = createLineCounter(text);
  const blocks: PemBlock[] = [];
  const strayLines: number[] = [];
  let open: OpenBlock | undefined;
  /** Where the last marker of a block ends, and the last marker of any kind. */
  let end = 0;
  let markerEnd = 0;

  function close({ label, start }: OpenBlock, body: string | undefined): void {
    blocks.push({ label: label.trim(), line: lineAt(start), ...decode(body), body });
    open = undefined;
  }

  /** Ends the text before an offset at which a block begins, or the file ends. */
  function leave(offset: number): void {
    if (open !== undefined) {
      close(open, undefined); // It has no END.
      return;
    }
    const stray = STRAY.exec(text.slice(end, offset));
    if (stray !== null) {
      strayLines.push(lineAt(end + stray.index));
    }
  }

  for (const marker of text.matchAll(MARKER)) {
    const [whole, kind, label = ""] = marker;
    const after = marker.index + whole.length;
    const before = text.slice(markerEnd, marker.index);
    const isFirst = markerEnd === end;
    markerEnd = after;
    if (kind === "END" && open !== undefined) {
      close(open, label === open.label ? text.slice(open.bodyStart, marker.index) : undefined);
      end = after;
    } else if (kind === "BEGIN" && (startsLine(before, isFirst) || isBeforeBase64(text, after))) {
      leave(marker.index);
      open = { label, start: marker.index, bodyStart: after };
      end = after;
    }
  }
  leave(text.length);
  return { blocks, strayLines };
}

/**
 * A BEGIN marker begins a block at the start of a line, directly after a marker of another block,
 * or directly before a line of Base64. Any other one belongs to a comment.
 *
 * @param before the text between it and the marker before it
 * @param isFirst whether that marker belongs to a block, or there is none
 */
function startsLine(before: string, isFirst: boolean): boolean {
  const lineStart = Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\r")) + 1;
  const isBlank = before.slice(lineStart).replace(BYTE_ORDER_MARK, "").trim() === "";
  return isBlank && (isFirst || lineStart > 0);
}

function isBeforeBase64(text: string, offset: number): boolean {
  return /^\s*[\r\n]\s*[A-Za-z0-9+/]{60,}/.test(text.slice(offset, offset + 160));
}

/** The mark of UTF-8, decoded as Latin-1. */
const BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

/** Text in UTF-32 counts too, for which there is no better word here. */
function isUtf16(bytes: Uint8Array): boolean {
  return hasUtf16Mark(bytes) || /(?:-\0{1,3}){4}/.test(Buffer.from(bytes).toString("latin1"));
}

/** Headers (RFC 1421) begin with a name and a colon, and end with an empty line. */
const HEADERS = /^\s*(?:[\w-]+:.*(?:\r\n|\r|\n))+\s*/;

/** Decodes the text between two markers. */
function decode(body: string | undefined): Pick<PemBlock, "der" | "isEncrypted"> {
  const [headers = ""] = HEADERS.exec(body ?? "") ?? [];
  const isEncrypted = headers.includes("ENCRYPTED");
  const base64 = (body ?? "").slice(headers.length).replaceAll(/\s/g, "");
  const isSound = base64.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(base64);
  return { der: isSound && !isEncrypted ? Buffer.from(base64, "base64") : undefined, isEncrypted };
}

/**
 * DER begins with a long SEQUENCE, "MI" in Base64, and PEM that was encoded again begins with a
 * BEGIN marker. Lines that are comments do not count.
 */
const STRAY = /^(?![^\S\r\n]*(?:#|;|\/\/)).*?(?:MI|LS0tLS1CRUdJTi)[A-Za-z0-9+/]{46,}/m;

/** Returns a function that counts lines up to an offset; offsets must not decrease. */
function createLineCounter(text: string): (offset: number) => number {
  let line = 1;
  let counted = 0;
  return (offset) => {
    line += text.slice(counted, offset).match(/\r\n|\r|\n/g)?.length ?? 0;
    counted = Math.max(counted, offset);
    return line;
  };
}
