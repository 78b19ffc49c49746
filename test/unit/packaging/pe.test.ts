import { expect, test } from "bun:test";
import { checkPe } from "../../../packaging/archives/checks/pe.ts";
import { readPe } from "../../../packaging/archives/pe.ts";
import { findTarget } from "../../../packaging/archives/targets.ts";

const HEADER = 0x80;
const OPTIONAL = HEADER + 24;
const OPTIONAL_SIZE = 240;
/** Where the only section is in the file and in memory. */
const [OFFSET, ADDRESS, SIZE] = [0x200, 0x1000, 0x200];
const ARM64 = 0xaa64;
const X64 = 0x8664;

/** Makes the headers of a file for a processor, and a section with the names of its libraries. */
function makePe(machine: number, libraries: readonly string[]): Buffer {
  const file = Buffer.alloc(OFFSET + SIZE);
  file.write("MZ");
  file.writeUInt32LE(HEADER, 60);
  file.write("PE\0\0", HEADER);
  file.writeUInt16LE(machine, HEADER + 4);
  file.writeUInt16LE(1, HEADER + 6);
  file.writeUInt16LE(OPTIONAL_SIZE, HEADER + 20);
  file.writeUInt16LE(0x20b, OPTIONAL);
  file.writeUInt32LE(libraries.length === 0 ? 0 : ADDRESS, OPTIONAL + 120);
  const section = OPTIONAL + OPTIONAL_SIZE;
  file.writeUInt32LE(ADDRESS, section + 12);
  file.writeUInt32LE(SIZE, section + 16);
  file.writeUInt32LE(OFFSET, section + 20);
  let name = 20 * (libraries.length + 1);
  for (const [index, library] of libraries.entries()) {
    file.writeUInt32LE(ADDRESS + name, OFFSET + 20 * index + 12);
    name += file.write(`${library}\0`, OFFSET + name, "latin1");
  }
  return file;
}

test("a file's processor and libraries are read", () => {
  const libraries = ["KERNEL32.dll", "api-ms-win-crt-heap-l1-1-0.dll"];
  expect(readPe(makePe(ARM64, libraries))).toEqual({ architecture: "arm64", libraries });
  expect(readPe(makePe(X64, []))).toEqual({ architecture: "x64", libraries: [] });
});

test("a file that is not PE is refused", () => {
  expect(() => readPe(Buffer.alloc(1000))).toThrow("not a 64-bit PE file");
});

test("a file for another processor, or with libraries that Windows lacks, fails the check", () => {
  const target = findTarget("windows-arm64");
  expect(checkPe(makePe(ARM64, ["ntdll.dll"]), target)).toBe("Windows 10, 1 system libraries");
  expect(() => checkPe(makePe(X64, []), target)).toThrow("built for x64");
  expect(() => checkPe(makePe(ARM64, ["libstdc++-6.dll"]), target)).toThrow(
    "loads libstdc++-6.dll",
  );
});
