/**
 * The JSON Schemas of the results that the commands print with --json.
 */
import { toJsonSchema } from "@valibot/to-json-schema";
import {
  BENCH_RESULT,
  CERTS_RESULT,
  CLIENT_RESULT,
  KERNELS_RESULT,
  SOLVE_RESULT,
  VERIFY_RESULT,
} from "../../src/commands/result-schemas.ts";

const SCHEMAS = {
  solve: ["tlslp solve --json", SOLVE_RESULT],
  verify: ["tlslp verify --json", VERIFY_RESULT],
  client: ["tlslp client --json", CLIENT_RESULT],
  certs: ["tlslp certs --json", CERTS_RESULT],
  bench: ["tlslp bench --json", BENCH_RESULT],
  "bench-kernels": ["tlslp bench --kernels --json", KERNELS_RESULT],
} as const;

/** Returns pairs of a path from the repository's root and the text of its schema. */
export function schemaFiles(): readonly (readonly [path: string, text: string])[] {
  return Object.entries(SCHEMAS).map(([name, [title, schema]]) => {
    const { $schema, ...rest } = toJsonSchema(schema, { target: "draft-2020-12" });
    const text = JSON.stringify({ $schema, title, ...rest }, undefined, 2);
    return [`docs/schema/${name}.json`, `${text}\n`];
  });
}
