/**
 * The JSON Schemas of the results that the commands print with --json, and of the files that people
 * write.
 */
import { toJsonSchema } from "@valibot/to-json-schema";
import {
  BENCH_RESULT,
  CERTS_RESULT,
  CLIENT_RESULT,
  CONFORM_RESULT,
  EXPORT_LINE,
  INVITATIONS_RESULT,
  KERNELS_RESULT,
  RENEW_RESULT,
  REVOKE_RESULT,
  SHOW_CERTIFICATES_RESULT,
  SOLVE_RESULT,
  STATISTICS_RESULT,
  SUBMISSION_RESULT,
  VERIFY_RESULT,
} from "../../src/commands/result-schemas.ts";
import { QUESTIONS_FILE } from "../../src/intake/questions/questions.ts";
import { CLAIMS } from "../../src/intake/receipts.ts";

const SCHEMAS = {
  solve: ["tlslp solve --json", SOLVE_RESULT],
  verify: ["tlslp verify --json", VERIFY_RESULT],
  client: ["tlslp client --json", CLIENT_RESULT],
  certs: ["tlslp certs --json", CERTS_RESULT],
  "certs-renew": ["tlslp certs renew --json", RENEW_RESULT],
  "certs-show": ["tlslp certs show --json", SHOW_CERTIFICATES_RESULT],
  "invite-list": ["tlslp invite --list --json", INVITATIONS_RESULT],
  revoke: ["tlslp revoke --json", REVOKE_RESULT],
  bench: ["tlslp bench --json", BENCH_RESULT],
  "bench-kernels": ["tlslp bench --kernels --json", KERNELS_RESULT],
  conform: ["tlslp conform --json", CONFORM_RESULT],
  questions: ["tlslp server --questions", QUESTIONS_FILE],
  "submissions-show": ["tlslp submissions show --json", SUBMISSION_RESULT],
  "submissions-stats": ["tlslp submissions stats --json", STATISTICS_RESULT],
  "submissions-export": ["tlslp submissions export --format jsonl", EXPORT_LINE],
  "verify-receipt": ["tlslp verify-receipt", CLAIMS],
} as const;

/** Returns pairs of a path from the repository's root and the text of its schema. */
export function schemaFiles(): readonly (readonly [path: string, text: string])[] {
  return Object.entries(SCHEMAS).map(([name, [title, schema]]) => {
    const { $schema, ...rest } = toJsonSchema(schema, {
      target: "draft-2020-12",
      // The checks of dates, patterns and pairs of keys are code.
      errorMode: "ignore",
    });
    const text = JSON.stringify({ $schema, title, ...rest }, undefined, 2);
    return [`docs/schema/${name}.json`, `${text}\n`];
  });
}
