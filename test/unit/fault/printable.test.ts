import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { MAX_REASON_LENGTH, printable, quoted, toReason } from "../../../src/fault/printable.ts";

const anyText = fc.string({ unit: "binary", maxLength: 400 });
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

describe("printable text", () => {
  test("stays as it is", () => {
    expect(printable("Zoë 😀 (ok)")).toBe("Zoë 😀 (ok)");
  });

  const hostile = {
    "an escape sequence": ["\u001b[31m", "\\u{1b}[31m"],
    "a line break": ["a\nb", "a\\u{a}b"],
    "a C1 control": ["\u009b1m", "\\u{9b}1m"],
    "a direction override": ["\u202e", "\\u{202e}"],
    "a line separator": ["\u2028", "\\u{2028}"],
    "a lone surrogate": ["\ud800", "\\u{d800}"],
  };
  for (const [name, [text = "", shown = ""]] of Object.entries(hostile)) {
    test(`shows ${name} escaped`, () => {
      expect(printable(text)).toBe(shown);
    });
  }

  test("never holds anything that does not print", () => {
    fc.assert(fc.property(anyText, (text) => !UNPRINTABLE.test(printable(text))));
  });
});

describe("a quote", () => {
  test("is shortened", () => {
    expect(quoted("abcdef", 3)).toBe('"abc…"');
    expect(quoted("abc", 3)).toBe('"abc"');
  });

  test("is cut between characters", () => {
    expect(quoted("😀😀😀", 2)).toBe('"😀😀…"');
  });

  test("is short and printable for any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = quoted(text);
        return shown.length <= 2 + 41 * "\\u{10ffff}".length && !UNPRINTABLE.test(shown);
      }),
    );
  });
});

describe("a reason", () => {
  test("stays as it is when it fits", () => {
    const longest = "x".repeat(MAX_REASON_LENGTH);
    expect(toReason(longest)).toBe(longest);
  });

  test("is cut with an ellipsis when it does not", () => {
    const cut = toReason("x".repeat(MAX_REASON_LENGTH + 1));
    expect(cut).toEndWith("x…");
    expect(Buffer.byteLength(cut)).toBe(MAX_REASON_LENGTH);
  });

  test("makes a line of at most 200 bytes of any text, and prints", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const reason = toReason(text);
        return (
          Buffer.byteLength(`FAIL ${reason}\n`) <= 200 &&
          reason.isWellFormed() &&
          !UNPRINTABLE.test(reason)
        );
      }),
    );
  });
});
