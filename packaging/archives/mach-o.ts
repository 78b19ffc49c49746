/**
 * Executables of macOS: 64-bit Mach-O, little-endian, with an ad hoc signature. The names are those
 * of Apple's <mach-o/loader.h> and <kern/cs_blobs.h>.
 */
import { createHash } from "node:crypto";

const MH_MAGIC_64 = 0xfeedfacf;
const CPU_TYPES: Readonly<Record<number, string>> = { 16777223: "x64", 16777228: "arm64" };
const HEADER_SIZE = 32;
const LC_BUILD_VERSION = 0x32;
const LC_CODE_SIGNATURE = 0x1d;
const LC_LOAD_DYLIB = 0x0c;
const LC_SEGMENT_64 = 0x19;
const PLATFORM_MACOS = 1;

const CSMAGIC_EMBEDDED_SIGNATURE = 0xfade0cc0;
const CSMAGIC_CODEDIRECTORY = 0xfade0c02;
const CS_ADHOC = 0x2;
const CS_HASHTYPE_SHA256 = 2;

export interface MachO {
  readonly architecture: string;
  /** The oldest system that runs it, such as "11.0"; absent when it does not say. */
  readonly minimumVersion: string | undefined;
  /** The paths of the libraries that it loads. */
  readonly libraries: readonly string[];
  readonly signature: CodeSignature | undefined;
}

export interface CodeSignature {
  readonly isAdHoc: boolean;
  readonly pages: number;
  /** Pages whose hash is not the one in the signature. */
  readonly wrongPages: number;
}

interface CodeDirectory {
  readonly flags: number;
  /** Where the hash of the first page is in the file, in bytes. */
  readonly hashes: number;
  readonly pages: number;
  readonly pageSize: number;
  readonly codeLimit: number;
}

const HASH_SIZE = 32;
/** Bytes that one hash of an ad hoc signature covers. */
const PAGE_SIZE = 4096;
/** A super blob with one entry, and a code directory of the version below, in bytes. */
const SUPER_BLOB_SIZE = 20;
const DIRECTORY_SIZE = 88;
const CODE_DIRECTORY_VERSION = 0x20400;
const CS_EXECSEG_MAIN_BINARY = 1n;

/** Reads an executable. Throws an error when the file is no 64-bit Mach-O. */
export function readMachO(file: Buffer): MachO {
  if (file.readUInt32LE(0) !== MH_MAGIC_64) {
    throw new Error("not a 64-bit Mach-O file");
  }
  let minimumVersion: string | undefined;
  const libraries: string[] = [];
  for (const { command, offset } of loadCommands(file)) {
    if (command === LC_BUILD_VERSION && file.readUInt32LE(offset + 8) === PLATFORM_MACOS) {
      const version = file.readUInt32LE(offset + 12);
      minimumVersion = `${version >> 16}.${(version >> 8) & 0xff}`;
    }
    if (command === LC_LOAD_DYLIB) {
      const name = offset + file.readUInt32LE(offset + 8);
      libraries.push(file.toString("utf8", name, file.indexOf(0, name)));
    }
  }
  const directory = findCodeDirectory(file);
  return {
    architecture: CPU_TYPES[file.readUInt32LE(4)] ?? "unknown",
    minimumVersion,
    libraries,
    signature: directory && describeSignature(file, directory),
  };
}

/**
 * Returns an executable with an ad hoc signature in place of the one that it has. Throws an error
 * when it has none, or when the signature is not at its end.
 */
export function signAdHoc(executable: Buffer, identifier: string): Buffer {
  const { offset, command } = requireSignatureAtEnd(executable);
  const pages = Math.ceil(offset / PAGE_SIZE);
  const hashes = DIRECTORY_SIZE + identifier.length + 1;
  const length = hashes + pages * HASH_SIZE;
  const size = roundUp(SUPER_BLOB_SIZE + length, 16);
  const file = Buffer.concat([executable.subarray(0, offset), Buffer.alloc(size)]);
  resizeSignature(file, command, offset + size);

  const blob = file.subarray(offset);
  writeWords(blob, [CSMAGIC_EMBEDDED_SIGNATURE, SUPER_BLOB_SIZE + length, 1, 0, SUPER_BLOB_SIZE]);
  const directory = blob.subarray(SUPER_BLOB_SIZE);
  writeWords(directory, [
    CSMAGIC_CODEDIRECTORY,
    length,
    CODE_DIRECTORY_VERSION,
    CS_ADHOC,
    hashes,
    DIRECTORY_SIZE, // where the identifier is
    0, // special slots
    pages,
    offset, // the code ends where the signature begins
  ]);
  directory.set([HASH_SIZE, CS_HASHTYPE_SHA256, 0, Math.log2(PAGE_SIZE)], 36);
  const text = findSegment(file, "__TEXT");
  directory.writeBigUInt64BE(file.readBigUInt64LE(text + 40), 64);
  directory.writeBigUInt64BE(file.readBigUInt64LE(text + 48), 72);
  directory.writeBigUInt64BE(CS_EXECSEG_MAIN_BINARY, 80);
  directory.write(identifier, DIRECTORY_SIZE);
  const layout = { pageSize: PAGE_SIZE, codeLimit: offset };
  for (let page = 0; page < pages; page += 1) {
    hashOfPage(file, layout, page).copy(directory, hashes + page * HASH_SIZE);
  }
  return file;
}

function requireSignatureAtEnd(file: Buffer): Signature {
  const signature = findSignature(file);
  if (signature === undefined || signature.offset + signature.size !== file.length) {
    throw new Error("the file has no signature at its end");
  }
  return signature;
}

/** Writes the new end of the file, and so of its last segment, into the load commands. */
function resizeSignature(file: Buffer, command: number, end: number): void {
  file.writeUInt32LE(end - file.readUInt32LE(command + 8), command + 12);
  const segment = findSegment(file, "__LINKEDIT");
  const size = end - Number(file.readBigUInt64LE(segment + 40));
  file.writeBigUInt64LE(BigInt(roundUp(size, PAGE_SIZE)), segment + 32);
  file.writeBigUInt64LE(BigInt(size), segment + 48);
}

function roundUp(size: number, unit: number): number {
  return Math.ceil(size / unit) * unit;
}

function writeWords(target: Buffer, words: readonly number[]): void {
  for (const [index, word] of words.entries()) {
    target.writeUInt32BE(word, 4 * index);
  }
}

function describeSignature(file: Buffer, directory: CodeDirectory): CodeSignature {
  let wrongPages = 0;
  for (let page = 0; page < directory.pages; page += 1) {
    const at = directory.hashes + page * HASH_SIZE;
    const signed = file.subarray(at, at + HASH_SIZE);
    wrongPages += signed.equals(hashOfPage(file, directory, page)) ? 0 : 1;
  }
  return { isAdHoc: (directory.flags & CS_ADHOC) !== 0, pages: directory.pages, wrongPages };
}

function hashOfPage(
  file: Buffer,
  { pageSize, codeLimit }: Pick<CodeDirectory, "pageSize" | "codeLimit">,
  page: number,
): Buffer {
  const begin = page * pageSize;
  const bytes = file.subarray(begin, Math.min(begin + pageSize, codeLimit));
  return createHash("sha256").update(bytes).digest();
}

function* loadCommands(file: Buffer): Generator<{ command: number; offset: number }> {
  const count = file.readUInt32LE(16);
  let offset = HEADER_SIZE;
  for (let index = 0; index < count; index += 1) {
    yield { command: file.readUInt32LE(offset), offset };
    offset += file.readUInt32LE(offset + 4);
  }
}

function findCodeDirectory(file: Buffer): CodeDirectory | undefined {
  const place = findSignature(file);
  return place && readCodeDirectory(file, place.offset);
}

interface Signature {
  /** Where the signature and its load command are in the file, in bytes. */
  readonly offset: number;
  readonly command: number;
  readonly size: number;
}

function findSignature(file: Buffer): Signature | undefined {
  for (const { command, offset } of loadCommands(file)) {
    if (command === LC_CODE_SIGNATURE) {
      const [begin, size] = [file.readUInt32LE(offset + 8), file.readUInt32LE(offset + 12)];
      return { offset: begin, size, command: offset };
    }
  }
  return undefined;
}

/** Returns where the load command of a segment is in the file, in bytes. */
function findSegment(file: Buffer, name: string): number {
  for (const { command, offset } of loadCommands(file)) {
    const found = file.toString("latin1", offset + 8, offset + 24).replaceAll("\0", "");
    if (command === LC_SEGMENT_64 && found === name) {
      return offset;
    }
  }
  throw new Error(`the file has no segment ${name}`);
}

/** Signatures are big-endian. */
function readCodeDirectory(file: Buffer, signature: number): CodeDirectory | undefined {
  if (file.readUInt32BE(signature) !== CSMAGIC_EMBEDDED_SIGNATURE) {
    throw new Error("the signature is damaged");
  }
  const blobs = file.readUInt32BE(signature + 8);
  for (let index = 0; index < blobs; index += 1) {
    const blob = signature + file.readUInt32BE(signature + 16 + 8 * index);
    if (file.readUInt32BE(blob) === CSMAGIC_CODEDIRECTORY) {
      if (file.readUInt8(blob + 37) !== CS_HASHTYPE_SHA256) {
        throw new Error("the signature's hashes are not SHA-256");
      }
      return {
        flags: file.readUInt32BE(blob + 12),
        hashes: blob + file.readUInt32BE(blob + 16),
        pages: file.readUInt32BE(blob + 28),
        codeLimit: file.readUInt32BE(blob + 32),
        pageSize: 2 ** file.readUInt8(blob + 39),
      };
    }
  }
  return undefined;
}
