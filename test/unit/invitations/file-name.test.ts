import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { nameFiles, slugOf } from "../../../src/invitations/file-name.ts";

describe("a slug", () => {
  test.each([
    ["Alice", "alice"],
    ["Zoë O'Brien-Müller", "zoë-o-brien-müller"],
    ["Зоя Иванова", "зоя-иванова"],
    ["李小龍", "李小龍"],
    ["محمد علي", "محمد-علي"],
    ["सीता", "सीता"],
    ["Jose\u0301", "josé"],
    ["../../etc/passwd", "etc-passwd"],
    ["a/b\\c:d", "a-b-c-d"],
    ["-rf *", "rf"],
    ["...", "participant"],
    ["..", "participant"],
    ["🙂", "participant"],
    ["\u0301a", "a"],
    ["\u200fabc\u200e", "abc"],
    ["a\u3164b", "ab"],
    ["CON", "participant-con"],
    ["lpt1", "participant-lpt1"],
    ["con.txt", "con-txt"],
    ["a\u0000\n\u001bb", "a-b"],
    ["x".repeat(64), "x".repeat(64)],
    ["İ", "i\u0307"],
  ])("of %j is %j", (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  test("is safe for any name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (name) => {
        const slug = slugOf(name);
        expect(slug).toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}-]*$/u);
        expect(Buffer.byteLength(slug)).toBeLessThanOrEqual(200 + "participant-".length);
        expect(slug).toBe(slug.normalize("NFC"));
        expect(slug).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)$/);
      }),
      { seed: 7, numRuns: 1000 },
    );
  });
});

describe("names of files", () => {
  test("are distinct, and those of files that are there stay free", () => {
    expect(nameFiles(["Alice", "ALICE", "Bob", "alice!"], [])).toEqual([
      "alice.tlslp",
      "alice-2.tlslp",
      "bob.tlslp",
      "alice-3.tlslp",
    ]);
    expect(
      nameFiles(["Alice", "Zoë"], ["Alice.TLSLP", "alice-2.tlslp", "zoe\u0308.tlslp"]),
    ).toEqual(["alice-3.tlslp", "zoë-2.tlslp"]);
  });

  test("do not collide with the name of a person that ends in a number", () => {
    expect(nameFiles(["alice 2", "alice", "alice"], [])).toEqual([
      "alice-2.tlslp",
      "alice.tlslp",
      "alice-3.tlslp",
    ]);
  });

  test("of a thousand people of one name are found at once", () => {
    const files = nameFiles(
      Array.from({ length: 1000 }, () => "Alice"),
      ["alice.tlslp"],
    );
    expect(new Set(files).size).toBe(1000);
    expect(files.at(-1)).toBe("alice-1001.tlslp");
  });
});
