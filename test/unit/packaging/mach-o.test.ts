import { expect, test } from "bun:test";
import { checkMachO } from "../../../packaging/archives/checks/mach-o.ts";
import { readMachO, signAdHoc } from "../../../packaging/archives/mach-o.ts";
import { findTarget } from "../../../packaging/archives/targets.ts";

const PAGE = 4096;
const CODE = 3 * PAGE;

/** A command of 64-bit Mach-O that maps a part of the file. */
function segment(name: string, offset: number, size: number): Buffer {
  const command = Buffer.alloc(72);
  command.writeUInt32LE(0x19, 0);
  command.writeUInt32LE(command.length, 4);
  command.write(name, 8);
  command.writeBigUInt64LE(BigInt(size), 32);
  command.writeBigUInt64LE(BigInt(offset), 40);
  command.writeBigUInt64LE(BigInt(size), 48);
  return command;
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) {
    bytes.writeUInt32LE(value, 4 * index);
  }
  return bytes;
}

/** An executable for Apple silicon with three pages of code, and `signature` bytes at its end. */
function makeExecutable(signature: number): Buffer {
  const commands = [
    segment("__TEXT", 0, 2 * PAGE),
    segment("__LINKEDIT", 2 * PAGE, PAGE + signature),
    words(0x32, 24, 1, 0x000d_0000, 0x000d_0000, 0), // macOS 13.0
    words(0x1d, 16, CODE, signature),
  ];
  const size = commands.reduce((sum, { length }) => sum + length, 0);
  const header = words(0xfeedfacf, 0x0100000c, 0, 2, commands.length, size, 0, 0);
  const file = Buffer.alloc(CODE + signature, 7);
  Buffer.concat([header, ...commands]).copy(file);
  return file;
}

for (const room of [16, 100_000]) {
  test(`an ad hoc signature replaces one of ${room} bytes`, () => {
    const signed = signAdHoc(makeExecutable(room), "tlslp");

    expect(readMachO(signed)).toEqual({
      architecture: "arm64",
      minimumVersion: "13.0",
      libraries: [],
      signature: { isAdHoc: true, pages: 3, wrongPages: 0 },
    });
    expect(signed.length).toBe(CODE + 224);
  });
}

test("a byte that changes after signing makes its page wrong", () => {
  const signed = signAdHoc(makeExecutable(16), "tlslp");
  signed[2 * PAGE + 5] = 0;

  expect(readMachO(signed).signature).toEqual({ isAdHoc: true, pages: 3, wrongPages: 1 });
});

test("a file that ends after its signature is not signed", () => {
  const longer = Buffer.concat([makeExecutable(16), Buffer.alloc(1)]);

  expect(() => signAdHoc(longer, "tlslp")).toThrow("no signature at its end");
});

test("a file of another kind is refused", () => {
  expect(() => readMachO(Buffer.alloc(64))).toThrow("not a 64-bit Mach-O file");
});

test("the check names the system, and refuses another processor, version or signature", () => {
  const target = findTarget("darwin-arm64");
  const signed = signAdHoc(makeExecutable(16), "tlslp");

  expect(checkMachO(signed, target, "13.0")).toBe("macOS 13.0, signed ad hoc, 3 pages right");
  expect(() => checkMachO(signed, findTarget("darwin-x64"), "13.0")).toThrow("built for arm64");
  expect(() => checkMachO(signed, target, "11.0")).toThrow("needs macOS 13.0, expected 11.0");
  signed[2 * PAGE + 5] = 0;
  expect(() => checkMachO(signed, target, "13.0")).toThrow("wrong for 1 of 3 pages");
});
