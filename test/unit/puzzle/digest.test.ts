import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { digestOf, isSolution, toHex, trailingZeroBits } from "../../../src/puzzle/digest.ts";

const TUTORIAL_TOKEN = "gkcjcibIFynKssuJnJpSrgvawiVjLjEbdFuYQzuWROTeTaSmqFCAzuwkwLCRgIIq";

/** The protocol's check values: token, suffix or arg, digest, its zero bits. */
const CHECK_VALUES = [
  [TUTORIAL_TOKEN, "LGTk", "28295607f05351eb24707046f3fa046e8a7afdabb32e6f0fba3de596cbf7c27b", 0],
  ["a", "AAACR", "e0bba2f71e0bb6d9e1c77d2b3f8fa2e9d1974591ddb40fb16bcb307ac614f600", 9],
  ["token", "AAA6Y", "fc813d5e954703e83674420e059e4506ddef1c0217f9534c4dd5a615a37a8000", 15],
  [TUTORIAL_TOKEN, "ABZLU", "9f225404877dd754124461aa145074b906c7e2a5dd241b523b6876d970980000", 19],
  ["x".repeat(55), "AAklp", "5b324d817b26c6666af58b9ca5735777bd877361167e3889bfa4b02ea7330000", 16],
  ["y".repeat(56), "AASvo", "d70333ce117f7f02e20f6f98210e9ea005320985f4fbe2fa9f1ebede48450000", 16],
  [
    "z".repeat(128),
    "AACib",
    "ee2b967f6ce7e4bdfa1ca13031a63369975d5eb29d17ea0cf2e77703c9b00000",
    20,
  ],
] as const;

describe("the protocol's check values", () => {
  for (const [token, ending, hex, bits] of CHECK_VALUES) {
    const name = `${token.slice(0, 8)}… (${token.length}) and ${ending}`;

    test(`hold for the digest of ${name}`, () => {
      expect(toHex(digestOf(token, ending))).toBe(hex);
    });

    test(`hold for the zero bits of ${name}`, () => {
      expect(trailingZeroBits(digestOf(token, ending))).toBe(bits);
    });

    test(`hold for the puzzles that ${name} solves`, () => {
      expect(isSolution(token, ending, bits)).toBe(true);
      expect(isSolution(token, ending, bits + 1)).toBe(false);
    });
  }
});

describe("a digest", () => {
  test("is of the UTF-8 bytes", () => {
    // printf 'Zo\xc3\xab\xf0\x9f\x98\x80' | sha256sum
    expect(toHex(digestOf("Zoë", "😀"))).toBe(
      "d1dd22e5113cf8bb285ed9e62cf25ac4cc091f70c6bd244a247b2df82b1033a8",
    );
  });

  test("has nothing between the two texts", () => {
    expect(digestOf("ab", "c")).toEqual(digestOf("a", "bc"));
    expect(digestOf("", "abc")).toEqual(digestOf("abc", ""));
  });

  test("is 64 lower-case digits in hexadecimal, leading zeros included", () => {
    expect(toHex(Uint8Array.of(0, 1, 0xab, 0xff))).toBe("0001abff");
  });
});

describe("the zero bits of a digest", () => {
  for (let bits = 0; bits < 256; bits += 1) {
    test(`are ${bits} when bit ${bits} is the lowest that is set`, () => {
      expect(trailingZeroBits(numberToDigest(1n << BigInt(bits)))).toBe(bits);
    });

    test(`are ${bits} when every bit from ${bits} on is set`, () => {
      const all = (1n << 256n) - 1n;
      expect(trailingZeroBits(numberToDigest((all >> BigInt(bits)) << BigInt(bits)))).toBe(bits);
    });
  }

  test("are 256 when no bit is set", () => {
    expect(trailingZeroBits(new Uint8Array(32))).toBe(256);
  });

  test("are counted from the end, not from the beginning", () => {
    expect(trailingZeroBits(numberToDigest(1n))).toBe(0);
    expect(trailingZeroBits(numberToDigest(1n << 255n))).toBe(255);
  });

  test("do not depend on the bits above the lowest that is set", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }), fc.nat(255), (noise, bits) => {
        const number = ((noise >> BigInt(bits)) | 1n) << BigInt(bits);
        return trailingZeroBits(numberToDigest(number & ((1n << 256n) - 1n))) === bits;
      }),
    );
  });

  test("leave the digest as it is", () => {
    const digest = numberToDigest(0x1234n);
    trailingZeroBits(digest);
    expect(digest).toEqual(numberToDigest(0x1234n));
  });
});

describe("a solution", () => {
  test("of 0 bits is any suffix", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (token, suffix) => isSolution(token, suffix, 0)),
    );
  });

  test("of more bits than were asked for is one as well", () => {
    for (let bits = 0; bits <= 20; bits += 1) {
      expect(isSolution("z".repeat(128), "AACib", bits)).toBe(true);
    }
  });
});

/** Returns a number as 32 bytes, big-endian, made digit by digit. */
function numberToDigest(number: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(number.toString(16).padStart(64, "0"), "hex"));
}
