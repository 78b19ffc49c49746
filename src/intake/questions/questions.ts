/**
 * The questions of an intake: which requests it makes, in this order, and which rule each answer
 * must keep. They come from a file in JSON, or are the protocol's eight.
 */
import * as v from "valibot";
import { Fault } from "../../fault/fault.ts";
import type { NamedFile } from "../../fault/sentences/files.ts";
import { type InputFile, readInput } from "../../io/input.ts";
import { lineOf, parseJsonFile } from "../../io/json.ts";
import { MAX_VALUE_LENGTH, REQUESTS, type RequestName, valueProblem } from "../../wire/message.ts";
import { isDateFormat } from "./calendar.ts";
import type { Questionnaire, QuestionSettings } from "./questionnaire.ts";
import {
  CHECK_RULES,
  choiceRule,
  DEFAULT_DATE_FORMAT,
  dateRule,
  everyRule,
  lengthRule,
  NAMED_CHECKS,
  orNotAvailable,
  patternRule,
  type Rule,
} from "./rules.ts";

const lengthMessage = `must be a whole number from 1 to ${MAX_VALUE_LENGTH}`;
const LENGTH = v.pipe(
  v.number(lengthMessage),
  v.integer(lengthMessage),
  v.minValue(1, lengthMessage),
  v.maxValue(MAX_VALUE_LENGTH, lengthMessage),
);

const CHECK = v.union(
  [
    v.picklist(NAMED_CHECKS),
    v.strictObject({ oneOf: v.pipe(v.array(v.string()), v.minLength(1)) }),
  ],
  `must be one of ${NAMED_CHECKS.join(", ")}, or { "oneOf": ["…"] }`,
);

/** One element of a questions file. */
const QUESTION = v.pipe(
  v.strictObject(
    {
      ask: v.picklist(REQUESTS, `must be one of ${REQUESTS.join(", ")}`),
      check: v.exactOptional(CHECK),
      format: v.exactOptional(
        v.pipe(
          v.string("must be a text"),
          v.check(isDateFormat, "must have YYYY, MM and DD once each, and separators between them"),
        ),
      ),
      minLength: v.exactOptional(LENGTH),
      maxLength: v.exactOptional(LENGTH),
      pattern: v.exactOptional(
        v.pipe(
          v.string("must be a text"),
          v.check(isPattern, "must be a pattern in RE2 syntax, such as ^[a-z]+$"),
        ),
      ),
      required: v.exactOptional(v.boolean("must be true or false")),
    },
    'must be an object, such as { "ask": "FULL_NAME" }',
  ),
  v.forward(
    v.partialCheck(
      [["check"], ["format"]],
      ({ check, format }) => format === undefined || check === "date",
      'is only for "check": "date"',
    ),
    ["format"],
  ),
  v.forward(
    v.partialCheck(
      [["minLength"], ["maxLength"]],
      ({ minLength = 1, maxLength = MAX_VALUE_LENGTH }) => minLength <= maxLength,
      "must not be above maxLength",
    ),
    ["minLength"],
  ),
);

const listMessage = "must be a list of at least one question";

/** A questions file. Its JSON Schema is published. */
export const QUESTIONS_FILE = v.pipe(v.array(QUESTION, listMessage), v.minLength(1, listMessage));

/** Returns the eight, with the usual rules for mail addresses, birth date and country. */
export function checkedQuestions(): Questionnaire {
  const { email, country } = CHECK_RULES;
  const rules: Partial<Record<RequestName, Rule>> = {
    EMAIL1: email,
    EMAIL2: email,
    BIRTHDATE: dateRule(["DD.MM.YYYY", DEFAULT_DATE_FORMAT]),
    COUNTRY: country,
  };
  return { requests: REQUESTS, brokenRule: (request, answer) => rules[request]?.(answer) };
}

/** Reads a questions file. Throws a usage fault that names file, line, key and rule. */
export function readQuestions(path: string): Questionnaire {
  const file: InputFile = { purpose: "questions", path };
  return parseQuestions(readInput(file), file);
}

/** Parses the text of a questions file; throws as `readQuestions` does. */
export function parseQuestions(
  text: string,
  file: NamedFile = { purpose: "questions" },
): Questionnaire {
  const parsed = v.safeParse(QUESTIONS_FILE, parseJsonFile(file, text), { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const path = issue.path?.map(({ key }) => key as string | number) ?? [];
    const { key, rule } = problemOf(issue, path);
    throw new Fault("questionInvalid", { file, line: lineOf(text, path), key, rule });
  }
  const questions = parsed.output;
  const repeated = questions.findIndex(
    ({ ask }, index) => questions.findIndex((question) => question.ask === ask) < index,
  );
  if (repeated !== -1) {
    const line = lineOf(text, [repeated, "ask"]);
    const rule = `must not be ${questions[repeated]?.ask} twice`;
    throw new Fault("questionInvalid", { file, line, key: "ask", rule });
  }
  for (const [index, question] of questions.entries()) {
    const choices = typeof question.check === "object" ? question.check.oneOf : [];
    for (const [place, choice] of choices.entries()) {
      const problem = choiceProblem(question, choice);
      if (problem !== undefined) {
        const line = lineOf(text, [index, "check", "oneOf", place]);
        const rule = `has a choice that is no right answer: it ${problem}`;
        throw new Fault("questionInvalid", { file, line, key: "oneOf", rule });
      }
    }
  }
  return makeQuestionnaire(questions);
}

/** Makes a questionnaire of valid questions. */
function makeQuestionnaire(questions: readonly QuestionSettings[]): Questionnaire {
  const rules = new Map(questions.map((question) => [question.ask, ruleFor(question)]));
  return {
    requests: questions.map(({ ask }) => ask),
    brokenRule: (request, answer) => rules.get(request)?.(answer),
  };
}

/** A questions file to fill in: one question for each request. */
export const QUESTIONS_TEMPLATE = `[
  { "ask": "FULL_NAME", "maxLength": 100 },
  { "ask": "EMAIL1", "check": "email" },
  { "ask": "EMAIL2", "check": "email", "required": false },
  { "ask": "SOCIAL", "required": false, "pattern": "^@[a-z0-9_]{1,30}$" },
  { "ask": "BIRTHDATE", "check": "date", "format": "DD.MM.YYYY" },
  { "ask": "COUNTRY", "check": "country" },
  { "ask": "ADDR_LINE1", "minLength": 3, "maxLength": 100 },
  { "ask": "ADDR_LINE2", "maxLength": 100, "required": false }
]
`;

function ruleFor(question: QuestionSettings): Rule {
  const rule = everyRule([formRule(question), checkRule(question)]);
  return question.required === false ? orNotAvailable(rule) : rule;
}

/** Returns the rule about length and pattern. */
function formRule({ minLength, maxLength, pattern }: QuestionSettings): Rule {
  const length = lengthRule(minLength, maxLength);
  return pattern === undefined ? length : everyRule([length, patternRule(pattern)]);
}

function checkRule({ check = "text", format = DEFAULT_DATE_FORMAT }: QuestionSettings): Rule {
  if (typeof check === "object") {
    return choiceRule(check.oneOf);
  }
  return check === "date" ? dateRule([format]) : CHECK_RULES[check];
}

/** Returns why a choice can never be a right answer; undefined for one that can. */
function choiceProblem(question: QuestionSettings, choice: string): string | undefined {
  return valueProblem(choice) ?? formRule(question)(choice);
}

/** Returns the key at fault, and the rule that it breaks. */
function problemOf(
  issue: v.InferIssue<typeof QUESTIONS_FILE>,
  path: readonly (string | number)[],
): { key: string; rule: string } {
  const key = path.findLast((part) => typeof part === "string") ?? "";
  if (issue.type === "strict_object" && typeof path.at(-1) === "string") {
    return issue.expected === "never"
      ? { key, rule: "is not a key of a question" }
      : { key, rule: "is missing" };
  }
  return { key, rule: issue.message };
}

function isPattern(text: string): boolean {
  try {
    patternRule(text);
    return true;
  } catch {
    return false;
  }
}
