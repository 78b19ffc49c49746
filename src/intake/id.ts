/**
 * Ids of entries: short, unguessable, and sorted by time. An id is a ULID: 26 characters of
 * Crockford's alphabet, of which the first ten are the time in milliseconds. Its 128 bits are a
 * UUIDv7 from the runtime, so ids of one process sort in the order in which they were made.
 */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 26;
const TIME_BYTES = 6;

/** Returns a new id for an event at this time. */
export function newId(at: Date): string {
  return encode(Bun.randomUUIDv7("buffer", at));
}

/** Returns an id that sorts before all ids of this time and later, and after all earlier ones. */
export function firstIdOf(at: Date): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(Math.max(0, at.getTime()), 0, TIME_BYTES);
  return encode(bytes);
}

function encode(bytes: Buffer): string {
  const digits = BigInt(`0x${bytes.toString("hex")}`)
    .toString(32)
    .padStart(LENGTH, "0");
  return digits.replace(/./g, (digit) => ALPHABET.charAt(Number.parseInt(digit, 32)));
}
