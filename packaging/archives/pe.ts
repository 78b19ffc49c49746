/**
 * Executables and libraries of Windows: 64-bit PE. The names are those of Microsoft's winnt.h.
 */
const IMAGE_NT_SIGNATURE = 0x4550;
const IMAGE_NT_OPTIONAL_HDR64_MAGIC = 0x20b;
const MACHINES: Readonly<Record<number, string>> = { 34404: "x64", 43620: "arm64" };
const FILE_HEADER_SIZE = 24;
const SECTION_HEADER_SIZE = 40;
const IMPORT_DIRECTORY = 120;
const IMPORT_DESCRIPTOR_SIZE = 20;

export interface Pe {
  readonly architecture: string;
  /** The names of the libraries that it loads at its start. */
  readonly libraries: readonly string[];
}

/** Reads a file. Throws an error when it is no 64-bit PE. */
export function readPe(file: Buffer): Pe {
  const header = file.readUInt32LE(60);
  const optional = header + FILE_HEADER_SIZE;
  if (
    file.readUInt32LE(header) !== IMAGE_NT_SIGNATURE ||
    file.readUInt16LE(optional) !== IMAGE_NT_OPTIONAL_HDR64_MAGIC
  ) {
    throw new Error("not a 64-bit PE file");
  }
  const sections = readSections(file, header);
  const offsetOf = (address: number) => {
    const section = sections.find(({ begin, end }) => begin <= address && address < end);
    if (section === undefined) {
      throw new Error(`no section has the address ${address}`);
    }
    return section.offset + address - section.begin;
  };
  const imports = file.readUInt32LE(optional + IMPORT_DIRECTORY);
  const libraries = imports === 0 ? [] : readImports(file, offsetOf(imports), offsetOf);
  return { architecture: MACHINES[file.readUInt16LE(header + 4)] ?? "unknown", libraries };
}

/** Reads the descriptors at an offset, up to the one that is empty. */
function readImports(
  file: Buffer,
  offset: number,
  offsetOf: (address: number) => number,
): readonly string[] {
  const libraries: string[] = [];
  for (let at = offset; ; at += IMPORT_DESCRIPTOR_SIZE) {
    const name = file.readUInt32LE(at + 12);
    if (name === 0) {
      return libraries;
    }
    const begin = offsetOf(name);
    libraries.push(file.toString("latin1", begin, file.indexOf(0, begin)));
  }
}

/** Where each section is in memory and in the file, in bytes. */
function readSections(file: Buffer, header: number) {
  const count = file.readUInt16LE(header + 6);
  const first = header + FILE_HEADER_SIZE + file.readUInt16LE(header + 20);
  return Array.from({ length: count }, (_, index) => {
    const at = first + index * SECTION_HEADER_SIZE;
    const begin = file.readUInt32LE(at + 12);
    return { begin, end: begin + file.readUInt32LE(at + 16), offset: file.readUInt32LE(at + 20) };
  });
}
