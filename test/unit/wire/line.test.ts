import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Fault } from "../../../src/fault/fault.ts";
import { LineDecoder, MAX_LINE_LENGTH } from "../../../src/wire/line.ts";

/** Returns the lines in a piece of input, and the fault if it ends the stream. */
function decodePiece(decoder: LineDecoder, piece: Uint8Array) {
  const lines: string[] = [];
  try {
    for (const line of decoder.decode(piece)) {
      lines.push(line);
    }
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Fault);
    return { lines, violation: thrown as Fault };
  }
  return { lines, violation: undefined };
}

/** Returns the lines in a stream of pieces, up to a violation. */
function decode(...pieces: readonly (string | Uint8Array)[]) {
  const decoder = new LineDecoder();
  const lines: string[] = [];
  for (const piece of pieces) {
    const decoded = decodePiece(decoder, typeof piece === "string" ? Buffer.from(piece) : piece);
    lines.push(...decoded.lines);
    if (decoded.violation !== undefined) {
      expect(decoded.violation.family).toBe("protocol");
      return { lines, violation: decoded.violation.message, unfinished: decoder.unfinished };
    }
  }
  return { lines, violation: undefined, unfinished: decoder.unfinished };
}

describe("a line", () => {
  test("is complete at its newline and not before", () => {
    const decoder = new LineDecoder();
    expect(decodePiece(decoder, Buffer.from("HEL")).lines).toEqual([]);
    expect(decoder.unfinished).toBe(3);
    expect(decodePiece(decoder, Buffer.from("LO")).lines).toEqual([]);
    expect(decodePiece(decoder, Buffer.from("\n")).lines).toEqual(["HELLO"]);
    expect(decoder.unfinished).toBe(0);
  });

  test("may be empty", () => {
    expect(decode("\n\n").lines).toEqual(["", ""]);
  });

  test("may arrive together with others", () => {
    expect(decode("a\nb\nc")).toEqual({ lines: ["a", "b"], violation: undefined, unfinished: 1 });
  });

  test("keeps a byte-order mark as text", () => {
    expect(decode("\uFEFFHELLO\n").lines).toEqual(["\uFEFFHELLO"]);
  });

  test("may have a character split between pieces", () => {
    const euro = Buffer.from("€");
    expect(decode(euro.subarray(0, 1), euro.subarray(1), "\n").lines).toEqual(["€"]);
  });

  test("does not depend on memory that its sender reuses", () => {
    const decoder = new LineDecoder();
    const piece = Buffer.from("abc");
    decodePiece(decoder, piece);
    piece.fill(0x78);
    expect(decodePiece(decoder, Buffer.from("\n")).lines).toEqual(["abc"]);
  });
});

describe("a violation", () => {
  for (const code of [...Array(0x20).keys(), 0x7f].filter((code) => code !== 0x0a)) {
    test(`is the control character ${code}`, () => {
      const { lines, violation } = decode(`ok\na${String.fromCharCode(code)}b\nlater\n`);
      expect(lines).toEqual(["ok"]);
      expect(violation).toContain(`U+${code.toString(16).toUpperCase().padStart(4, "0")}`);
    });
  }

  const notUtf8 = {
    "a lone continuation byte": [0x80],
    "an overlong form": [0xc0, 0xaf],
    "a surrogate": [0xed, 0xa0, 0x80],
    "a character cut short": [0xe2, 0x82],
    "a code point beyond Unicode": [0xf4, 0x90, 0x80, 0x80],
  };
  for (const [name, bytes] of Object.entries(notUtf8)) {
    test(`is ${name}`, () => {
      expect(decode(Uint8Array.from([...bytes, 0x0a])).violation).toBe("line is not valid UTF-8");
    });
  }

  test("leaves nothing unfinished", () => {
    expect(decode("\0\n").unfinished).toBe(0);
    expect(decode("x".repeat(600), "x".repeat(600)).unfinished).toBe(0);
  });
});

describe("the length limit", () => {
  const tooLong = `line is longer than ${MAX_LINE_LENGTH} bytes`;

  test("is 1000 bytes", () => {
    expect(MAX_LINE_LENGTH).toBe(1000);
  });

  test("allows a line of exactly the limit, its newline included", () => {
    const line = "x".repeat(999);
    expect(decode(`${line}\n`)).toEqual({ lines: [line], violation: undefined, unfinished: 0 });
  });

  test("forbids a line one byte longer", () => {
    expect(decode(`${"x".repeat(1000)}\n`).violation).toBe(tooLong);
  });

  test("counts bytes, not characters", () => {
    expect(decode(`${"€".repeat(333)}\n`).violation).toBeUndefined();
    expect(decode(`${"€".repeat(334)}\n`).violation).toBe(tooLong);
  });

  test("is broken by the 1001st byte at once, without any newline", () => {
    const decoder = new LineDecoder();
    expect(decodePiece(decoder, Buffer.from("x".repeat(1000))).violation).toBeUndefined();
    expect(decodePiece(decoder, Buffer.from("x")).violation?.message).toBe(tooLong);
  });

  test("is broken by a newline as the 1001st byte", () => {
    expect(decode("x".repeat(1000), "\n").violation).toBe(tooLong);
  });

  test("does not affect the lines before the long one", () => {
    expect(decode(`a\nb\n${"x".repeat(2000)}`)).toMatchObject({
      lines: ["a", "b"],
      violation: tooLong,
    });
  });
});

describe("for any input", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    // Mostly text and newlines, so that many lines are complete.
    fc
      .array(fc.constantFrom(0x0a, 0x41, 0x20, 0xc3, 0xa9), { maxLength: 3000 })
      .map((list) => Uint8Array.from(list)),
  );

  test("the decoder throws nothing and never holds more than the limit", () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(3000)), (input, cuts) => {
        const decoder = new LineDecoder();
        for (const piece of split(input, cuts)) {
          const { violation } = decodePiece(decoder, piece);
          expect(violation?.family ?? "protocol").toBe("protocol");
          expect(decoder.unfinished).toBeLessThanOrEqual(MAX_LINE_LENGTH);
        }
      }),
    );
  });

  test("the pieces make no difference", () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(3000)), (input, cuts) => {
        expect(decode(...split(input, cuts))).toEqual(decode(input));
      }),
    );
  });

  test("valid lines come back as they were", () => {
    const line = fc
      .string({ unit: "grapheme", maxLength: 60 })
      .map((text) => text.replace(/[\u0000-\u001f\u007f]/g, ""));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        expect(decode(lines.map((text) => `${text}\n`).join("")).lines).toEqual(lines);
      }),
    );
  });
});

function split(input: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const bounds = [0, ...cuts.filter((cut) => cut < input.length), input.length].sort(
    (a, b) => a - b,
  );
  return bounds.slice(1).map((end, index) => input.subarray(bounds[index], end));
}
