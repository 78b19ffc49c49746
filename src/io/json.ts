/**
 * JSON files that people write: a mistake is reported with its line and column, and a key that is
 * there twice is a mistake, where the language's own parser would keep the last value in silence.
 */
import { findNodeAtLocation, parseTree, printParseErrorCode, visit } from "jsonc-parser";
import { Fault } from "../fault/fault.ts";
import type { NamedFile, TextPlace } from "../fault/sentences/files.ts";

/** JSON as RFC 8259 defines it. */
const STRICT = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

/** Parses the text of a JSON file. Throws a usage fault that names file, line and column. */
export function parseJsonFile(file: NamedFile, text: string): unknown {
  try {
    findMistake(file, text);
    return JSON.parse(text) as unknown;
  } catch (cause) {
    // Nesting that is too deep ends either parser without a place.
    throw cause instanceof Fault ? cause : new Fault("jsonInvalid", { file }, { cause });
  }
}

/**
 * Returns the line of a part of a JSON text, given by its path, or of the nearest part around it.
 */
export function lineOf(text: string, path: readonly (string | number)[]): number {
  const tree = parseTree(text);
  for (let length = path.length; tree !== undefined && length >= 0; length -= 1) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node !== undefined) {
      return text.slice(0, node.offset).split("\n").length;
    }
  }
  return 1;
}

/** Throws a fault for the first mistake in the text. */
function findMistake(file: NamedFile, text: string): void {
  /** The keys of the objects that are open, the innermost last. */
  const keys: Set<string>[] = [];
  visit(
    text,
    {
      onObjectBegin: () => void keys.push(new Set()),
      onObjectEnd: () => void keys.pop(),
      onObjectProperty(key, _offset, _length, line, column) {
        const known = keys.at(-1);
        if (known?.has(key)) {
          throw new Fault("jsonKeyTwice", { file, key, place: toPlace(line, column) });
        }
        known?.add(key);
      },
      onError(error, _offset, _length, line, column) {
        const problem = printParseErrorCode(error);
        throw new Fault("jsonInvalid", { file, problem, place: toPlace(line, column) });
      },
    },
    STRICT,
  );
}

/** Returns a place counted from 1, as people do; the library counts from 0. */
function toPlace(line: number, column: number): TextPlace {
  return { line: line + 1, column: column + 1 };
}
