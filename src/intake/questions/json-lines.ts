/**
 * JSON with the line of each part, so that errors can name it.
 */
import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import { Fault } from "../../fault/fault.ts";
import type { NamedFile } from "../../fault/sentences/files.ts";

const STRICTLY = { allowTrailingComma: false, disallowComments: true, allowEmptyContent: false };

/** Parses strict JSON; throws a usage fault that names the file and the line. */
export function parseJson(text: string, file: NamedFile): { value: unknown; tree: Node } {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, STRICTLY);
  const [error] = errors;
  if (error !== undefined || tree === undefined) {
    const line = lineAt(text, error?.offset ?? 0);
    const problem = error === undefined ? "it is empty" : inWords(error);
    throw new Fault("questionsNotJson", { file, line, problem });
  }
  const repeated = findRepeatedKey(tree);
  if (repeated !== undefined) {
    const { offset, value: key } = repeated;
    const rule = "is there twice";
    throw new Fault("questionInvalid", { file, line: lineAt(text, offset), key, rule });
  }
  return { value: getNodeValue(tree), tree };
}

/** The line of the part at this path, or of the nearest part around it; the first line is 1. */
export function lineOf(text: string, tree: Node, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node !== undefined) {
      return lineAt(text, node.offset);
    }
  }
  return lineAt(text, tree.offset);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** "CommaExpected" becomes "comma expected". */
function inWords({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replace(/(?<!^)[A-Z]/g, " $&")
    .toLowerCase();
}

/** A key that one object has twice, of which JavaScript's own parser keeps the last. */
function findRepeatedKey(node: Node): Node | undefined {
  const keys = new Set<string>();
  for (const child of node.children ?? []) {
    const key = node.type === "object" ? child.children?.[0] : undefined;
    if (key !== undefined && keys.has(key.value)) {
      return key;
    }
    keys.add(key?.value);
    const repeated = findRepeatedKey(child);
    if (repeated !== undefined) {
      return repeated;
    }
  }
  return undefined;
}
