/**
 * Random changes of bytes, the same for the same seed.
 */

export interface Random {
  /** Returns a whole number from 0 to below `limit`. */
  below(limit: number): number;
  of<T>(choices: readonly [T, ...T[]]): T;
}

/** Returns a generator of random numbers (Mulberry32): small, fast, and good enough for tests. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  const below = (limit: number) => next() % limit;
  return { below, of: (choices) => choices[below(choices.length)] ?? choices[0] };
}

/** Texts that have broken parsers before. */
const BAD_TEXTS: readonly [string, ...string[]] = [
  ...(["\n", "\r\n", "\r", "\0", " ", "  ", "\t", "\x7f", "\x1b[2J", "\ufeff", "\u0085"] as const),
  ...["\u2028", "\u00a0", "😀", "FAIL", "FAIL ", "FAIL no\n", "\nFAIL\n", "HELLO\n", "HELLOBACK\n"],
  ...["DONE\n", "OK\n", "WORK a 4\n", "COUNTRY a\n", "0", "65", "-1", "1e1", "__proto__", "%s%n"],
  ...["A".repeat(128), "A".repeat(990), "A".repeat(999), "A".repeat(1000), "A".repeat(3000)],
];
const BAD_BYTES: readonly [readonly number[], ...(readonly number[])[]] = [
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe2, 0x82],
  [0x80],
];

type Mutator = (bytes: Buffer, random: Random) => Buffer;

const MUTATORS: readonly [Mutator, ...Mutator[]] = [
  (bytes, random) => {
    const flipped = Buffer.from(bytes);
    const at = random.below(bytes.length + 1) % Math.max(1, bytes.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
    return flipped.subarray(0, bytes.length);
  },
  (bytes, random) => insert(bytes, Buffer.of(random.below(256)), random),
  (bytes, random) => insert(bytes, Buffer.from(random.of(BAD_TEXTS)), random),
  (bytes, random) => insert(bytes, Buffer.from(random.of(BAD_BYTES)), random),
  (bytes, random) => Buffer.concat([bytes, Buffer.from(random.of(BAD_TEXTS))]),
  (bytes, random) => Buffer.concat([Buffer.from(random.of(BAD_TEXTS)), bytes]),
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => bytes.subarray(random.below(bytes.length + 1)),
  (bytes) => Buffer.concat([bytes, bytes]),
  (bytes) => Buffer.from(bytes.toString("latin1").toUpperCase(), "latin1"),
  (bytes) => Buffer.from(bytes.toString("latin1").replace("\n", ""), "latin1"),
  (bytes, random) => {
    const [from, to] = [random.below(bytes.length + 1), random.below(bytes.length + 1)];
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
];

/** The most that one TLS record holds, and so the most that comes in one read. */
const RECORD = 16_384;

/** Returns the bytes after one to three mutations or, in a third of the cases, unchanged. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  const times = random.below(3) === 0 ? 0 : 1 + random.below(3);
  let mutated = bytes;
  for (let time = 0; time < times; time += 1) {
    mutated = random.of(MUTATORS)(mutated, random);
  }
  return mutated.subarray(0, RECORD);
}

/** Returns the bytes in pieces of random length. */
export function pieces(bytes: Buffer, random: Random): readonly Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + random.below(Math.min(bytes.length - at, 200));
    cut.push(bytes.subarray(at, end));
    at = end;
  }
  return cut;
}

function insert(bytes: Buffer, more: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
}
