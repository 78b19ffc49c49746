import { expect, test } from "bun:test";
import { notePlace } from "../../scripts/place.ts";

const NOTE = `tlslp-search at ${"0".repeat(13)}`;
const library = Buffer.from("\x7fELF, a library");

function executableOf(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

test("the library's place is noted, and nothing else changes", () => {
  const executable = executableOf("runtime", NOTE, "\n", library, "end");
  notePlace(executable, library);
  const place = "runtime".length + NOTE.length + 1;
  const noted = `tlslp-search at ${String(place).padStart(13, "0")}`;
  expect(executable).toEqual(executableOf("runtime", noted, "\n", library, "end"));
});

test.each([
  ["without the library", [NOTE]],
  ["with the library twice", [NOTE, library, library]],
  ["without the note", [library]],
  ["with the note twice", [NOTE, NOTE, library]],
  ["with a note that names a place", [NOTE.replace("00", "12"), library]],
])("an executable %s is refused as it is", (_, parts) => {
  const executable = executableOf(...parts);
  expect(() => notePlace(executable, library)).toThrow("exactly once");
  expect(executable).toEqual(executableOf(...parts));
});
