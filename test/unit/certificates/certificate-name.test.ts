import { expect, test } from "bun:test";
import { isCertificateName } from "../../../src/certificates/issue.ts";

test.each([
  "Zoë",
  "-",
  "..",
  "a/b",
  "🏳️‍🌈",
  "محمد\u200f علي",
  "شهره\u200cزاد",
  "x".repeat(64),
  "😀".repeat(64),
])("%j can be a name in a certificate", (name) => {
  expect(isCertificateName(name)).toBe(true);
});

test.each([
  "",
  " ",
  " Zoë",
  "Zoë\n",
  "\u200f",
  "\u3164",
  "\u00a0",
  "a\u0000",
  "a\u001bb",
  "a\tb",
  "a\u202eb",
  "a\u2066b",
  "a\u2028b",
  "a\ud800b",
  "\ufeffa",
  "x".repeat(65),
])("%j cannot", (name) => {
  expect(isCertificateName(name)).toBe(false);
});
