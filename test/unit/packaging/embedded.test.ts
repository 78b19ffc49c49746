import { expect, test } from "bun:test";
import { zstdCompressSync } from "node:zlib";
import { extractLibrary } from "../../../packaging/archives/checks/embedded.ts";

const LIBRARY = Buffer.from(`\x7fELF${"the library".repeat(100)}`);
const COMPRESSED = zstdCompressSync(LIBRARY);
/** The first bytes of compressed data, and nothing that could follow them. */
const BEGINNING = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff]);

test("the library is found between other bytes, also ones that look compressed", () => {
  const text = zstdCompressSync(Buffer.from("compressed, but no library"));
  const executable = Buffer.concat([
    ...[Buffer.from("\x7fELF the runtime"), BEGINNING, COMPRESSED],
    ...[Buffer.from("our code"), text, BEGINNING, Buffer.from("a signature")],
  ]);
  expect(extractLibrary(executable).equals(LIBRARY)).toBe(true);
});

test("an executable without a library is refused", () => {
  const executable = Buffer.concat([Buffer.from("\x7fELF the runtime"), BEGINNING]);
  expect(() => extractLibrary(executable)).toThrow("the executable holds no library");
});
