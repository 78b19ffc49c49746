/**
 * Checks of the answers, before anything is connected. In a file they are a JSON object, request
 * name to value.
 */
import * as v from "valibot";
import { Fault } from "../fault/fault.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import { readInput } from "../io/input.ts";
import { parseJsonFile } from "../io/json.ts";
import { REQUESTS, type RequestName, valueProblem } from "../wire/message.ts";
import type { Answers } from "./answers.ts";

const VALUE = v.pipe(
  v.string("must be a text"),
  v.check(
    (text) => valueProblem(text) === undefined,
    ({ input }) => valueProblem(input) ?? "",
  ),
);

const entries = Object.fromEntries(REQUESTS.map((request) => [request, VALUE])) as Record<
  RequestName,
  typeof VALUE
>;
const ANSWERS = v.strictObject(entries);

/** Reads and checks an answers file. Throws a usage fault that names file, key and rule. */
export function readAnswers(path: string): Answers {
  const file = { purpose: "answers", path } as const;
  return checkAnswers(parseJsonFile(file, readInput(file)), file);
}

/** Checks answers. Throws a usage fault that names the key and the rule, and never a value. */
export function checkAnswers(answers: unknown, file: NamedFile = { purpose: "answers" }): Answers {
  // The library takes a list for an object too.
  const parsed = v.safeParse(ANSWERS, Array.isArray(answers) ? undefined : answers);
  if (parsed.success) {
    return parsed.output;
  }
  throw answersFault(parsed.issues[0], file);
}

function answersFault(issue: v.InferIssue<typeof ANSWERS>, file: NamedFile): Fault {
  const key = issue.path?.[0]?.key;
  if (typeof key !== "string") {
    return new Fault("answersNotObject", { file });
  }
  if (issue.type === "strict_object") {
    return issue.expected === "never"
      ? new Fault("answersKeyUnknown", { file, key })
      : new Fault("answerMissing", { file, key });
  }
  return new Fault("answerInvalid", { file, key, rule: issue.message });
}
