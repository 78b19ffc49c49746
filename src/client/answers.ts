/**
 * The answers that a client gives, checked before anything is connected; in a file they are JSON,
 * request name to value.
 */
import { visit } from "jsonc-parser";
import * as v from "valibot";
import { oldFault } from "../fault/fault.ts";
import { quoted } from "../fault/printable.ts";
import { readInput } from "../io/input.ts";
import { MAX_LINE_LENGTH } from "../wire/line.ts";
import { REQUESTS, type RequestName } from "../wire/message.ts";

export type Answers = Readonly<Record<RequestName, string>>;

/** UTF-8 bytes: what a line leaves beside the checksum, the space and the `\n`. */
export const MAX_VALUE_LENGTH = MAX_LINE_LENGTH - 64 - " \n".length;

const VALUE = v.pipe(
  v.string("must be a text"),
  v.check((text) => /[^ ]/.test(text), "must not be empty or all spaces"),
  v.check((text) => !/[\u0000-\u001f\u007f]/.test(text), "must not hold control characters"),
  v.check((text) => text.isWellFormed(), "must be valid Unicode"),
  v.maxBytes(MAX_VALUE_LENGTH, `must not be longer than ${MAX_VALUE_LENGTH} bytes`),
);

const entries = Object.fromEntries(REQUESTS.map((request) => [request, VALUE])) as Record<
  RequestName,
  typeof VALUE
>;
const ANSWERS = v.strictObject(entries);

const HINT = `it is a JSON object with a text for each of ${REQUESTS.join(", ")}; tlslp client --answers-template prints one`;

/** Reads and checks an answers file; throws a usage fault that names the file, the key and the rule. */
export function readAnswers(path: string): Answers {
  const name = `the answers file ${path}`;
  return checkAnswers(parseJson(name, readInput({ path, purpose: "answers" })), name);
}

/** Checks what is to be answered; throws a usage fault that names the key and the rule. */
export function checkAnswers(answers: unknown, name = "the answers"): Answers {
  // A list is an object too, to the library.
  const parsed = v.safeParse(ANSWERS, Array.isArray(answers) ? undefined : answers);
  if (parsed.success) {
    return parsed.output;
  }
  const [issue] = parsed.issues;
  throw oldFault("usage", `${name}${describe(issue)}`, { hint: HINT });
}

function parseJson(name: string, text: string): unknown {
  const { answers, twice } = parseStrictly(name, text);
  if (twice !== undefined) {
    throw oldFault("usage", `${name}: the key ${quoted(twice)} is there twice`, { hint: HINT });
  }
  return answers;
}

function parseStrictly(name: string, text: string) {
  try {
    return { answers: JSON.parse(text) as unknown, twice: findTwice(text) };
  } catch (cause) {
    throw oldFault("usage", `${name} is not JSON`, { hint: HINT, cause });
  }
}

/** A key that an object of this JSON has twice. The language's own parser keeps the last of them. */
function findTwice(text: string): string | undefined {
  const objects: Set<string>[] = [];
  let twice: string | undefined;
  visit(text, {
    onObjectBegin: () => void objects.push(new Set()),
    onObjectEnd: () => void objects.pop(),
    onObjectProperty(key) {
      const keys = objects.at(-1);
      twice ??= keys?.has(key) ? key : undefined;
      keys?.add(key);
    },
  });
  return twice;
}

function describe(issue: v.InferIssue<typeof ANSWERS>): string {
  const key = issue.path?.[0]?.key;
  if (typeof key !== "string") {
    return " is not a JSON object";
  }
  if (issue.type === "strict_object") {
    return issue.expected === "never" ? `: unknown key ${quoted(key)}` : `: ${key} is missing`;
  }
  return `: ${key} ${issue.message}`;
}
