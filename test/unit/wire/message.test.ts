import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  formatInformation,
  formatServerMessage,
  parseFixedAnswer,
  parseInformation,
  parseServerMessage,
  parseSuffix,
  REQUESTS,
  type ServerMessage,
} from "../../../src/wire/message.ts";
import { faultOf, throwsOnly } from "../../support/faults.ts";

const LONGEST = "w".repeat(128);

describe("a server's line", () => {
  const valid: Readonly<Record<string, object>> = {
    HELLO: { type: "HELLO" },
    DONE: { type: "DONE" },
    "WORK a-Z_09 0": { type: "WORK", token: "a-Z_09", bits: 0 },
    "WORK - 64": { type: "WORK", token: "-", bits: 64 },
    [`WORK ${LONGEST} 9`]: { type: "WORK", token: LONGEST, bits: 9 },
    "FULL_NAME LGTk": { type: "REQUEST", request: "FULL_NAME", arg: "LGTk" },
    [`ADDR_LINE2 ${LONGEST}`]: { type: "REQUEST", request: "ADDR_LINE2", arg: LONGEST },
    FAIL: { type: "FAIL", reason: "" },
    "FAIL ": { type: "FAIL", reason: "" },
    "FAIL too  late ": { type: "FAIL", reason: "too  late " },
  };
  for (const [line, message] of Object.entries(valid)) {
    test(`${JSON.stringify(line)} is understood`, () => {
      expect(parseServerMessage(line) as object).toEqual(message);
    });
  }

  const invalid = [
    "",
    " ",
    "hello",
    "HELLO ",
    " HELLO",
    "HELLO x",
    "\uFEFFHELLO",
    "HELLOBACK",
    "DONE ",
    "DONE x",
    "WORK",
    "WORK t",
    "WORK t ",
    "WORK  t 1",
    "WORK t  1",
    "WORK t 1 ",
    "WORK t 1 2",
    "WORK t! 1",
    "WORK té 1",
    `WORK ${LONGEST}w 1`,
    "WORK t 65",
    "WORK t 100",
    "WORK t -1",
    "WORK t +1",
    "WORK t 01",
    "WORK t 00",
    "WORK t 1.0",
    "WORK t 1e1",
    "WORK t 0x1",
    "WORK t ١",
    "WORK t n",
    "FULL_NAME",
    "FULL_NAME ",
    "FULL_NAME  a",
    "FULL_NAME a b",
    "FULL_NAME a.b",
    `FULL_NAME ${LONGEST}w`,
    "full_name a",
    "FULL_NAMES a",
    "toString a",
    "__proto__ a",
    "FAILURE x",
    "FAIL\u00a0x",
  ];
  for (const line of invalid) {
    test(`${JSON.stringify(line).slice(0, 60)} is a protocol error`, () => {
      expect(faultOf(() => parseServerMessage(line)).family).toBe("protocol");
    });
  }

  test("of any text throws nothing but a protocol error", () => {
    const words = fc.constantFrom("HELLO", "WORK", "FAIL", "DONE", "EMAIL1", "a", "9", "", "é");
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(words).map((w) => w.join(" ")),
    );
    fc.assert(fc.property(text, (line) => throwsOnly("protocol", () => parseServerMessage(line))));
  });

  test("comes back from its message as it was", () => {
    for (const line of Object.keys(valid).filter((line) => line !== "FAIL ")) {
      expect(formatServerMessage(parseServerMessage(line))).toBe(line);
    }
  });
});

test("the requests are those of the protocol, in its order", () => {
  expect(REQUESTS.join(" ")).toBe(
    "FULL_NAME EMAIL1 EMAIL2 SOCIAL BIRTHDATE COUNTRY ADDR_LINE1 ADDR_LINE2",
  );
});

test("an empty reason leaves no space after FAIL", () => {
  const message: ServerMessage = { type: "FAIL", reason: "" };
  expect(formatServerMessage(message)).toBe("FAIL");
});

describe("a fixed answer", () => {
  test("is accepted only in its exact form", () => {
    expect(() => parseFixedAnswer("OK", "OK")).not.toThrow();
    expect(() => parseFixedAnswer("HELLOBACK", "HELLOBACK")).not.toThrow();
  });
  for (const line of ["", "ok", "OK ", " OK", "OKAY", "HELLOBACK"]) {
    test(`is not ${JSON.stringify(line)} where OK is due`, () => {
      expect(faultOf(() => parseFixedAnswer(line, "OK")).family).toBe("protocol");
    });
  }
});

describe("a suffix", () => {
  for (const suffix of ["a", "!", "é€😀", "\u0085", "\u00a0", '"<>', "s".repeat(999)]) {
    test(`may be ${JSON.stringify(suffix).slice(0, 20)}`, () => {
      expect(parseSuffix(suffix)).toBe(suffix);
    });
  }
  for (const suffix of ["", " ", "a b", "a ", " a", "\t", "a\u007f"]) {
    test(`may not be ${JSON.stringify(suffix)}`, () => {
      expect(faultOf(() => parseSuffix(suffix)).family).toBe("protocol");
    });
  }
});

describe("an answer to a request", () => {
  const checksum = "0123456789abcdef".repeat(4);

  for (const value of ["v", " v", "v ", "  a  b  ", "ü", "\u00a0", "x".repeat(934)]) {
    test(`may have the value ${JSON.stringify(value).slice(0, 20)}`, () => {
      expect(parseInformation(`${checksum} ${value}`)).toEqual({ checksum, value });
    });
  }

  const invalid = [
    "",
    checksum,
    `${checksum} `,
    `${checksum}    `,
    `${checksum}v`,
    ` ${checksum} v`,
    `${checksum.toUpperCase()} v`,
    `${checksum.slice(1)} v`,
    `${checksum}0 v`,
    `${checksum.slice(1)}g v`,
  ];
  for (const line of invalid) {
    test(`may not be ${JSON.stringify(line.replace(checksum, "<checksum>")).slice(0, 30)}`, () => {
      expect(faultOf(() => parseInformation(line)).family).toBe("protocol");
    });
  }

  test("is sent with one space between checksum and value", () => {
    expect(formatInformation({ checksum, value: " v" })).toBe(`${checksum}  v`);
  });
});
