/**
 * The parts of DER (ITU-T X.690) that the runtime does not show: the extensions of certificates and
 * revocation lists, and the kind of a private key. Damaged DER has no parts; complete parsers
 * report the damage before or afterwards.
 */

export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Tags of universal types. */
export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_IDENTIFIER = 0x06;
export const SEQUENCE = 0x30;

/** Tags of optional parts of certificates, lists and keys. */
const TIMES = [0x17, 0x18];
const CERTIFICATE_EXTENSIONS = 0xa3;
const LIST_EXTENSIONS = 0xa0;
const EC_PARAMETERS = 0xa0;

export interface Extension {
  /** Such as "2.5.29.15". */
  readonly id: string;
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

/** Returns the extensions of a certificate, DER. */
export function extensionsOf(certificate: Uint8Array): readonly Extension[] {
  const body = signedPartOf(certificate);
  return readExtensions(elementsOf(body.find(({ tag }) => tag === CERTIFICATE_EXTENSIONS))[0]);
}

/** Returns the extensions of a revocation list, DER, and then those of its entries. */
export function listExtensionsOf(list: Uint8Array): readonly Extension[] {
  const body = signedPartOf(list);
  const ofList = elementsOf(body.find(({ tag }) => tag === LIST_EXTENSIONS))[0];
  // The entries are the only SEQUENCE after the dates.
  const lastDate = body.findLastIndex(({ tag }) => TIMES.includes(tag));
  const entries = elementsOf(body.slice(lastDate + 1).find(({ tag }) => tag === SEQUENCE));
  const ofEntries = entries.flatMap((entry) =>
    readExtensions(elementsOf(entry).find(({ tag }) => tag === SEQUENCE)),
  );
  return [...readExtensions(ofList), ...ofEntries];
}

/** Returns the elements of a certificate or list that its signature covers. */
function signedPartOf(signed: Uint8Array): readonly Element[] {
  return elementsOf(elementsOf(elementsOf(signed)[0])[0]);
}

function readExtensions(list: Element | undefined): readonly Extension[] {
  return elementsOf(list).map((extension) => {
    const parts = elementsOf(extension);
    return {
      id: identifierOf(parts[0]),
      isCritical: parts.some(({ tag }) => tag === BOOLEAN),
      value: parts.at(-1)?.content ?? new Uint8Array(),
    };
  });
}

/** Whether a bit is set in a BIT STRING, DER; bit 0 is the first. */
export function hasBit(bitString: Uint8Array, bit: number): boolean {
  const [element] = elementsOf(bitString);
  // The first byte counts the unused bits at the end.
  const byte = element?.content[1 + (bit >> 3)] ?? 0;
  return (byte & (0x80 >> (bit & 7))) !== 0;
}

/** Returns the identifiers of a PKCS #8 key's algorithm and of its first parameter (a curve). */
export function algorithmOf(privateKey: Uint8Array): readonly string[] {
  const algorithm = elementsOf(elementsOf(privateKey)[0]).find(({ tag }) => tag === SEQUENCE);
  return elementsOf(algorithm)
    .filter(({ tag }) => tag === OBJECT_IDENTIFIER)
    .map(identifierOf);
}

/** Returns the identifier of the curve of an EC key in its own form (RFC 5915), if it has one. */
export function curveOf(ecPrivateKey: Uint8Array): string | undefined {
  const parts = elementsOf(elementsOf(ecPrivateKey)[0]);
  const [curve] = elementsOf(parts.find(({ tag }) => tag === EC_PARAMETERS));
  return curve && identifierOf(curve);
}

/** Returns the elements in some bytes, or in the content of an element; none if it is damaged. */
export function elementsOf(outer: Uint8Array | Element | undefined): readonly Element[] {
  return decode(outer) ?? [];
}

/** The same; undefined if it is damaged. */
export function decode(outer: Uint8Array | Element | undefined): readonly Element[] | undefined {
  const bytes = outer instanceof Uint8Array ? outer : (outer?.content ?? new Uint8Array());
  const elements: Element[] = [];
  let offset = 0;
  while (offset + 2 <= bytes.length) {
    const [tag = 0, first = 0] = bytes.subarray(offset, offset + 2);
    // From 0x80 on the byte counts the bytes of the length that follow.
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const start = offset + 2 + lengthBytes;
    const length =
      lengthBytes === 0
        ? first
        : bytes.subarray(offset + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
    if (start + length > bytes.length) {
      return undefined;
    }
    elements.push({ tag, content: bytes.subarray(start, start + length) });
    offset = start + length;
  }
  return offset === bytes.length ? elements : undefined;
}

/** Returns the dotted form of an OBJECT IDENTIFIER. */
export function identifierOf(element: Element | undefined): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of element?.content ?? []) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [root = 0, ...rest] = arcs;
  const first = Math.min(Math.trunc(root / 40), 2);
  return [first, root - 40 * first, ...rest].join(".");
}
